import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { chatModel } from "../../../cells/model/chat-model.ts";
import { random } from "../../../cells/random.ts";
import { type PretrainOptions, pretrain } from "../../../cells/train/pretrain.ts";
import type { Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "../model/backend.ts";
import { tinyConfig, tinyTokenizer } from "../model/tiny.ts";

beforeAll(() => useBackend("wasm"));

const words = ["hello", "quick", "walks", "river", "see", "what", "time", "name"];
/** The prompt has up to `longest` words, and the answer repeats the first one. */
const echo =
  (longest: number) =>
  (index: number): Sample => {
    const { uniform } = random(index, "sample");
    const word = (): string => words[Math.floor(uniform() * words.length)]!;
    const asked = Array.from({ length: 1 + Math.floor(uniform() * longest) }, word);
    return {
      prompt: [{ role: "user", content: asked.join(" ") }],
      segments: [{ role: "answer", origin: "rule", text: asked[0]!, weight: 1 }],
      endTurn: true,
    };
  };
const options: PretrainOptions = {
  name: "tiny",
  config: tinyConfig,
  tokenizer: tinyTokenizer,
  sample: echo(4),
  steps: 24,
  folder: "models/tiny",
  checkpoint: { path: "checkpoints/tiny.safetensors", every: 5 },
  learningRate: 0.01,
  warmup: 4,
  tokens: 160,
  pool: 40,
};
const table = (host: BareHost, run: number) =>
  host.runs[run]!.rows.map(({ step, loss, gradNorm }) => [step, loss, gradNorm]);

it("reaches the same losses and the same model file with and without an interruption", async () => {
  const uninterrupted = bareHost(3);
  const before = tf.memory().numTensors;
  await pretrain(options).finished;
  expect(uninterrupted.runs[0]!.rows).toHaveLength(24);
  expect(table(uninterrupted, 0).at(-1)![1]).toBeLessThan(table(uninterrupted, 0)[0]![1]! - 1);
  uninterrupted.end();
  expect(tf.memory().numTensors).toBe(before);

  // Killed after step 12, in the middle of a pool; only the checkpoint of step 10 is left.
  const killed = bareHost(3);
  const run = pretrain(options);
  killed.onBreath = () => {
    if (run.rows.length === 12) killed.end();
  };
  await run.finished;
  expect(run.status).toBe("stopped");
  expect([...killed.files.keys()]).toEqual([options.checkpoint.path]);
  expect(tf.memory().numTensors).toBe(before);

  const resumed = bareHost(3);
  resumed.files.set(options.checkpoint.path, killed.files.get(options.checkpoint.path)!);
  await pretrain(options).finished;
  expect(table(resumed, 0)).toEqual(table(uninterrupted, 0));
  const file = `${options.folder}/model.safetensors`;
  expect(resumed.files.get(file)).toEqual(uninterrupted.files.get(file));

  await expect(pretrain({ ...options, learningRate: 0.02 }).finished).rejects.toThrow(
    /was saved with other settings: peak is 0.01/,
  );
  resumed.end();
  expect(tf.memory().numTensors).toBe(before);
});

it("writes the folder of a chat model that has learnt its task", async () => {
  const host = bareHost(4);
  await pretrain({
    ...options,
    sample: echo(1),
    steps: 300,
    learningRate: 0.02,
    checkpoint: { ...options.checkpoint, every: 1000 },
  }).finished;
  const model = await chatModel(options.folder);
  const said = await model.generate([{ messages: [{ role: "user", content: "river" }] }], { maxTokens: 8 });
  expect(said[0]).toMatchObject({ text: "river", ended: true });
  host.end();
});

it("saves a tied output layer once, and an untied one with its own moments", async () => {
  const host = bareHost(3);
  const names = (run: PretrainOptions["config"]): Promise<string[]> =>
    pretrain({ ...options, config: run, steps: 1, checkpoint: { path: `${run.tied}`, every: 1 } }).finished.then(() =>
      Object.keys(JSON.parse(headerOf(host.files.get(`${run.tied}`) as Uint8Array)) as object),
    );
  const tied = await names(tinyConfig);
  expect(tied.filter((name) => name.startsWith("m."))).toHaveLength(
    tied.filter((name) => name.startsWith("v.")).length,
  );
  expect(tied.filter((name) => name.endsWith("lm_head.weight"))).toEqual([]);
  expect((await names({ ...tinyConfig, tied: false })).filter((name) => name.endsWith("lm_head.weight"))).toHaveLength(
    3,
  );
  host.end();
});

function headerOf(file: Uint8Array): string {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return new TextDecoder().decode(file.subarray(8, 8 + length));
}
