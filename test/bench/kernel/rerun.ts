/**
 * Whether a cell that runs a thousand times leaves anything behind: it makes ten megabytes of numbers in the heap and a
 * tensor of ten megabytes. Heap growth in percent of what was there before; tensors and device bytes must not grow at all.
 */
import { Client } from "./client.ts";
import type { Measure } from "./measure.ts";

const RUNS = 1000;
const WARM = 20;
/** Numbers of the heap; eight bytes each. */
const NUMBERS = 1_310_720;
const TENSOR = 2_621_440;

const NOTEBOOK = `// %% heavy
import { tf } from "palimpsest";
const numbers = new Array(${NUMBERS}).fill(0.5);
const made = tf.zeros([${TENSOR}]);
numbers.length

// %% probe mode=manual
globalThis.gc();
const { numTensors, numBytes } = tf.memory();
JSON.stringify([process.memoryUsage().heapUsed, numTensors, numBytes])
`;

export async function growth(): Promise<Measure[]> {
  const client = await Client.open(NOTEBOOK);
  let told: number[] = [];
  const run = async (cell: string): Promise<void> => {
    const done = client.heard((event) => {
      if (event.type === "cell-output" && event.cell === "probe") told = numbersIn(event.output);
      return event.type === "cell-finished" && event.cell === cell;
    });
    client.ask({ type: "run", cells: [cell] });
    await done;
  };
  try {
    for (let round = 0; round < WARM; round += 1) await run("heavy");
    await run("probe");
    const before = told;
    const samples: number[] = [];
    for (let round = 1; round <= RUNS; round += 1) {
      await run("heavy");
      if (round % 5 !== 0) continue;
      await run("probe");
      samples.push((100 * (told[0]! - before[0]!)) / before[0]!);
    }
    return [
      { name: "rerun-growth-percent", value: samples.at(-1)!, samples },
      { name: "rerun-growth-tensors", value: told[1]! - before[1]!, samples: [told[1]! - before[1]!] },
      { name: "rerun-growth-device-bytes", value: told[2]! - before[2]!, samples: [told[2]! - before[2]!] },
    ];
  } finally {
    await client.close();
  }
}

function numbersIn(output: { readonly kind: string }): number[] {
  return (JSON.stringify(output).match(/\[(\d+),(\d+),(\d+)\]/) ?? []).slice(1).map(Number);
}
