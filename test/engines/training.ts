/**
 * One small training with everything that makes numbers: sampled rationales, dropout, a cosine schedule, weight decay, probes. It uses no
 * file system, so that it runs in Node and in a browser's worker, and gives what must be the same to the last bit.
 */
import { chooseBackend } from "../../cells/device/backend.ts";
import { chatModel, lora, probes, radis, rationales, sha256, train, world } from "../../cells/index.ts";
import * as portable from "../../cells/portable-math.ts";
import { random } from "../../cells/random.ts";
import { bareHost, type RecordedRun } from "../cells/bare-host.ts";

export type Plan = {
  readonly backend: "wasm" | "cpu";
  readonly steps: number;
  readonly batch: number;
  /** Sentence pairs that the probe translates. */
  readonly probed: number;
  /** Tokens of a rationale. */
  readonly tokens: number;
};
export type Files = ReadonlyMap<string, Uint8Array>;
export type Numbers = {
  readonly rows: readonly Readonly<Record<string, number>>[];
  readonly probes: readonly Readonly<Record<string, number>>[];
  readonly rationales: readonly string[];
  /** Of the adapter's file. */
  readonly adapter: string;
  /** Of the trained weights with the optimizer's moments. */
  readonly state: string;
  /** Of the portable functions' values. */
  readonly functions: string;
  /** Of numbers from the random streams. */
  readonly random: string;
};

/** @param files of the embedded model */
export async function numbers({ backend, steps, batch, probed, tokens }: Plan, files: Files): Promise<Numbers> {
  const host = bareHost(7);
  for (const [name, bytes] of files) host.files.set(`tiny-chat/${name}`, bytes);
  await chooseBackend(backend);
  const base = await chatModel("tiny-chat");
  const velan = await world.corpus("velan", { train: 2 * batch, test: probed });
  const sampling = { temperature: 0.9, topK: 200, topP: 0.95, repetitionPenalty: 1.1 };
  const written = await rationales(base, velan.train, { prompt: "Note:", maxTokens: tokens, ...sampling });
  const run = train(base, {
    method: radis(written, { weight: 2 }),
    adapter: lora({ rank: 4, dropout: 0.1 }),
    ...{ steps, batch, schedule: "cosine", learningRate: 0.003, floor: 0.1, weightDecay: 0.01 },
  });
  if (probed > 0) run.every(steps, probes.translation(velan.test));
  await run.finished;
  const [recorded] = host.runs;
  return {
    rows: recorded!.rows.map(({ tokensPerSecond: _, ...row }) => row),
    probes: recorded!.probes,
    rationales: written.items.map(({ text }) => text),
    adapter: await sha256(fileOf(recorded!, "adapter_model.safetensors")),
    state: await sha256(await run.state()),
    functions: await bitsDigest(valuesOfFunctions()),
    random: await bitsDigest(Array.from({ length: 5000 }, random(3, "engines").normal)),
  };
}

function fileOf({ files }: RecordedRun, name: string): Uint8Array | string {
  const path = [...files.keys()].find((each) => each.endsWith(name));
  if (path === undefined) throw new Error(`The run wrote no ${name}, only ${[...files.keys()].join(", ")}.`);
  return files.get(path)!;
}

function valuesOfFunctions(): number[] {
  const byName = Object.entries(portable).sort(([a], [b]) => (a < b ? -1 : 1));
  const functions = byName.map(([, each]) => each as (x: number, y: number) => number);
  const { uniform } = random(1, "arguments");
  const given = Array.from({ length: 5000 }, () => (uniform() - 0.3) * portable.pow(2, 20 * uniform() - 12));
  return functions.flatMap((each) => given.map((x, i) => each(x, given[i ^ 1]!)));
}

/** NaNs are one value here: their bits are left open by the standards of JavaScript and WebAssembly. */
function bitsDigest(values: readonly number[]): Promise<string> {
  return sha256(new Uint8Array(Float64Array.from(values, (x) => (Number.isNaN(x) ? 1234.5 : x)).buffer));
}
