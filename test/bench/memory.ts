/**
 * A model of real size on `wasm`: memory and time of loading a bfloat16 folder, of LoRA steps and of a generation; the cost of top-p with a
 * large vocabulary and of dropout. Each repetition is a process of its own, because a peak is known only for a whole process.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chooseToken } from "../../cells/model/sampling.ts";
import { random } from "../../cells/random.ts";
import type { BenchOptions } from "./bench.ts";
import { median } from "./comparison.ts";
import { writeRandomFolder } from "./random-folder.ts";
import type { Measured, Work } from "./real-model.ts";
import { shapes } from "./shapes.ts";

const repetitions = 3;
const vocabulary = 152_000;

export async function bench({ backend = "wasm", shape = "135m" }: BenchOptions): Promise<object> {
  const config = shapes[shape];
  if (!config) throw new Error(`there is no shape "${shape}"; there are ${Object.keys(shapes).join(", ")}`);
  const trains = shape === "135m";
  const place = await mkdtemp(join(tmpdir(), "palimpsest-bench-"));
  try {
    const folder = join(place, "model");
    await writeRandomFolder(folder, config);
    const found: Measured[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      // Comparing takes long, and once is enough: it takes turns itself.
      const count = trains && round === 0 ? 9 : 0;
      const pairs = { dropout: count, narrow: count };
      found.push(await inProcess({ folder, backend, steps: trains ? 3 : 0, newTokens: 32, pairs }));
    }
    const of = (name: keyof Measured): number[] => found.flatMap((each) => each[name] ?? []);
    return {
      name: "memory",
      processor: cpus()[0]?.model,
      cores: availableParallelism(),
      shape,
      backend,
      "load, s": spread(of("load")),
      "LoRA step of 4 × 64 tokens, s": spread(of("step")),
      "generation of 32 tokens, s": spread(of("generate")),
      "peak memory, MB": spread(of("peak").map((bytes) => bytes / 1e6)),
      "dropout, share of a step": spread(of("dropoutShare")),
      "step with 16-bit weights ÷ with 32-bit ones": spread(of("narrowRatio")),
      [`top-p with ${vocabulary} tokens, ms per token and row`]: spread(topP()),
    };
  } finally {
    await rm(place, { recursive: true });
  }
}

async function inProcess(work: Work): Promise<Measured> {
  const entry = fileURLToPath(new URL("./real-model.ts", import.meta.url));
  const words = ["--import", import.meta.resolve("tsx"), entry, JSON.stringify(work)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measured;
}

/** Milliseconds of choosing one token from logits of a normal distribution, as of a model that is unsure. */
function topP(): number[] {
  const { uniform } = random(1, "logits");
  const logits = Float32Array.from({ length: vocabulary }, () => 8 * (uniform() + uniform() + uniform() - 1.5));
  return Array.from({ length: 60 }, () => {
    const scores = logits.slice();
    // Processor time: the call takes only one thread, and other programs disturb wall-clock time more.
    const before = process.cpuUsage();
    chooseToken(scores, [], { temperature: 0.8, topP: 0.9 }, uniform);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).slice(10);
}

/** The median, with the smallest and the largest. */
function spread(values: readonly number[]): string | null {
  if (values.length === 0) return null;
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  const ends = values.length > 1 ? ` (${text(Math.min(...values))} to ${text(Math.max(...values))})` : "";
  return text(median(values)) + ends;
}
