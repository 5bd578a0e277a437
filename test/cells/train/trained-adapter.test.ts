/** A training goes on from an adapter that a run or PEFT saved. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshAdapter, tokenRowsName } from "../../../cells/model/adapter.ts";
import { chatModel, type LocalModel } from "../../../cells/model/chat-model.ts";
import { lora } from "../../../cells/model/lora.ts";
import { loadAdapter } from "../../../cells/model/tuned-folder.ts";
import { useBackend } from "../model/backend.ts";
import { tinyFolder } from "../model/tiny.ts";
import { numbers, SmallRuns, samples } from "./run/small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

/** What a run of 12 steps saved, read again as PEFT's files. */
async function saved(): Promise<LocalModel> {
  await small.start({ adapter: lora({ rank: 2, alpha: 6, targets: ["q_proj", "v_proj"] }) }).finished;
  for (const [path, data] of small.host.runs[0]!.files) await small.host.writeFile(`saved/${path}`, data);
  return loadAdapter(small.base, "saved/adapter");
}
const values = ({ adapter }: LocalModel): Float32Array[] =>
  [...adapter!.tensors.values()].map((tensor) => tensor.dataSync<"float32">().slice());

describe("a training with a trained adapter", () => {
  it("starts with its weights and settings, learns, and leaves the given one as it is", async () => {
    const loaded = await saved();
    const [weights, nll] = [values(loaded), await loaded.nll(samples)];
    const run = small.start({ adapter: loaded, steps: 1, learningRate: 0 });
    await run.finished;
    expect(await run.model.nll(samples)).toEqual(nll);
    expect(small.host.runs.at(-1)!.meta.config).toMatchObject({ rank: 2, alpha: 6, targets: ["q_proj", "v_proj"] });
    expect(small.host.runs.at(-1)!.prepared.adapterFrom).toMatch(/^[0-9a-f]{64}$/);

    const learning = await small.start({ adapter: loaded, steps: 20, batch: 8 }).finished;
    expect(learning.rows.at(-1)!.loss).toBeLessThan(learning.rows.at(0)!.loss);
    expect(values(learning.model as LocalModel)).not.toEqual(weights);
    expect(values(loaded)).toEqual(weights);
    expect(await loaded.nll(samples)).toEqual(nll);
  });

  it("goes on from a run's model with the weights that it has then, and can be forked", async () => {
    const first = await small.start().finished;
    const second = small.start({ adapter: first.model as LocalModel, steps: 6, checkpointEvery: 2 });
    await second.finished;
    expect(values(second.model as LocalModel)).not.toEqual(values(first.model as LocalModel));
    const fork = await second.fork({ at: 2 }).finished;
    expect(numbers(fork.rows)).toEqual(numbers(second.rows));
  });

  it("trains single rows of the embedding that the adapter has", async () => {
    const { decoder } = small.base;
    const table = decoder.weights.get("model.embed_tokens.weight") as tf.Tensor2D;
    const name = tokenRowsName("model.embed_tokens");
    const made = freshAdapter(decoder, lora({ rank: 1, targets: ["q_proj"] }), () => 0.5);
    const rows = tf.tidy(() => tf.concat([5, 9].map((row) => tf.slice(table, [row, 0], [1, -1]))));
    made.tensors.set(name, rows);
    const config = { ...lora({ rank: 1, targets: ["q_proj"] }), tokenRows: { "model.embed_tokens": [5, 9] } };
    const given = small.base.with({ ...made, config });
    const before = made.tensors.get(name)!.dataSync<"float32">().slice();
    const run = await small.start({ adapter: given, steps: 3 }).finished;
    const after = (run.model as LocalModel).adapter!.tensors.get(name)!;
    expect(after.shape).toEqual([2, decoder.config.width]);
    expect(after.dataSync()).not.toEqual(before);
    expect(small.host.runs.at(-1)!.files.get("adapter/adapter_config.json")).toMatch(/"trainable_token_indices"/);
    tf.dispose([...made.tensors.values()]);
  });

  it("leaves no tensor in memory after the cell", async () => {
    const loaded = await saved();
    await small.start({ adapter: loaded }).finished;
    small.host.end();
    expect(tf.memory().numTensors).toBe(0);
  });

  it("refuses a model without an adapter, one of another base, and two beginnings", async () => {
    expect(() => small.start({ adapter: small.base })).toThrow(
      /in "adapter" has no adapter\. Give lora\({ rank: 16 }\)/,
    );
    const other = await chatModel(await tinyFolder(small.host, { seed: 2 }));
    const foreign = other.with(freshAdapter(other.decoder, lora({ rank: 1 }), () => 0.5));
    expect(() => small.start({ adapter: foreign })).toThrow(/has another base model/);
    const run = await small.start({ steps: 1 }).finished;
    expect(() => small.start({ adapter: run.model as LocalModel, from: run })).toThrow(/or "from", not both/);
  });
});
