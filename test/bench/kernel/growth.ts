/**
 * Whether re-running a cell leaks memory. The cell makes 10 MB of numbers in the heap and a tensor of 10 MB, and runs 1,000 times.
 * The heap's growth is in percent of its size before; the number of tensors and their bytes must not grow at all.
 */
import { Client } from "./client.ts";
import type { Measure } from "./measure.ts";

const RUNS = 1000;
const WARM_UP = 20;
const RUNS_PER_SAMPLE = 5;
/** 8 bytes each. */
const NUMBERS = 1_310_720;
/** 4 bytes each. */
const ELEMENTS = 2_621_440;

const NOTEBOOK = `// %% heavy
import { tf } from "palimpsest";
const numbers = new Array(${NUMBERS}).fill(0.5);
const tensor = tf.zeros([${ELEMENTS}]);
numbers.length

// %% probe mode=manual
globalThis.gc();
const { numTensors, numBytes } = tf.memory();
JSON.stringify([process.memoryUsage().heapUsed, numTensors, numBytes])
`;

type Memory = { readonly heap: number; readonly tensors: number; readonly deviceBytes: number };

export async function growth(): Promise<Measure[]> {
  const client = await Client.open(NOTEBOOK);
  const run = async (cell: string): Promise<void> => {
    const finished = client.nextEvent((event) => event.type === "cell-finished" && event.cell === cell);
    client.send({ type: "run", cells: [cell] });
    await finished;
  };
  const memory = async (): Promise<Memory> => {
    let found: Memory | undefined;
    const shown = client.nextEvent((event) => {
      if (event.type === "cell-output" && event.cell === "probe") found = memoryIn(event.output);
      return found !== undefined;
    });
    await run("probe");
    await shown;
    return found!;
  };
  try {
    for (let round = 0; round < WARM_UP; round += 1) await run("heavy");
    const before = await memory();
    let after = before;
    const samples: number[] = [];
    for (let round = 1; round <= RUNS; round += 1) {
      await run("heavy");
      if (round % RUNS_PER_SAMPLE !== 0) continue;
      after = await memory();
      samples.push((100 * (after.heap - before.heap)) / before.heap);
    }
    const tensors = after.tensors - before.tensors;
    const deviceBytes = after.deviceBytes - before.deviceBytes;
    return [
      { name: "rerun-growth-percent", value: samples.at(-1)!, samples },
      { name: "rerun-growth-tensors", value: tensors, samples: [tensors] },
      { name: "rerun-growth-device-bytes", value: deviceBytes, samples: [deviceBytes] },
    ];
  } finally {
    await client.close();
  }
}

/** What the cell `probe` shows, if this output is it. */
function memoryIn(output: { readonly kind: string }): Memory | undefined {
  const found = JSON.stringify(output).match(/\[(\d+),(\d+),(\d+)\]/);
  return found ? { heap: Number(found[1]), tensors: Number(found[2]), deviceBytes: Number(found[3]) } : undefined;
}
