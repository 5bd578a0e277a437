/**
 * What the record of an experiment adds to it: the same training of the embedded model by `palimpsest run` with a record and with
 * `--no-record`, in turns: 300 steps, as `experiments/radis.ts` has them. The value is the median of the paired differences of processor time, in percent of the run without one.
 * Processor time is that of the commands and all their processes, as Linux counts it.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Measure, measureOf, samplesOf } from "./kernel/measure.ts";

const COMMAND = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
const ROUNDS = { count: 9, warmUp: 1 };
const NOTEBOOK = `// %% training
import { chatModel, lora, train, vanilla, world } from "palimpsest";
const base = await chatModel("tiny-chat");
const velan = await world.corpus("velan", { train: 400, test: 20 });
const run = train(base, { method: vanilla(velan.train), adapter: lora({ rank: 16 }), steps: 300 });
await run.finished;
`;

export async function bench(): Promise<{ measures: readonly Measure[] }> {
  const folder = await mkdtemp(join(tmpdir(), "bench-record-"));
  try {
    await writeFile(join(folder, "n.ts"), NOTEBOOK);
    const used = async (...options: readonly string[]): Promise<number> => {
      const before = await childrenTicks();
      await finished(folder, options);
      return (await childrenTicks()) - before;
    };
    const samples = await samplesOf(ROUNDS, async (round) => {
      // Which of the two is first changes, since the machine may slow down meanwhile.
      const [a, b] = round % 2 === 0 ? [[], ["--no-record"]] : [["--no-record"], []];
      const [first, second] = [await used(...a!), await used(...b!)];
      const [recorded, bare] = round % 2 === 0 ? [first, second] : [second, first];
      return (100 * (recorded - bare)) / bare;
    });
    return { measures: [measureOf("record-percent", samples)] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** User and system time of all processes below this one that have ended. @throws elsewhere than on Linux */
async function childrenTicks(): Promise<number> {
  const text = await readFile("/proc/self/stat", "utf8").catch(() => {
    throw new Error("The processor time of other processes is read from /proc, which only Linux has.");
  });
  // The fields after the name in parentheses, which may contain spaces: cutime and cstime are fields 16 and 17 of the line.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

function finished(cwd: string, options: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, "run", "n.ts", "--backend", "wasm", ...options], {
    cwd,
    stdio: "ignore",
  });
  return new Promise((resolve, reject) =>
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`palimpsest run ended with ${code}.`)))),
  );
}
