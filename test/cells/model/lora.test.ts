import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LoraConfig } from "../../../cells/contracts.ts";
import { type Adapter, disposeAdapter, freshAdapter } from "../../../cells/model/adapter.ts";
import { readAdapter, writeAdapter } from "../../../cells/model/adapter-files.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { adaptedMaps, lora, wholeWeights } from "../../../cells/model/lora.ts";
import { merged, unmergeAdapter } from "../../../cells/model/merge.ts";
import { adapterFiles, loadAdapter } from "../../../cells/model/tuned-folder.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { random } from "../../../cells/random.ts";
import type { Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { tinyConfig, tinyFolder } from "./tiny.ts";

let host: BareHost;
let base: BaseModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(3);
  base = await chatModel(await tinyFolder(host));
  return () => host.end();
});

const samples: Sample[] = ["hello", "quick river", "walks"].map((text) => ({
  prompt: [{ role: "user", content: text }],
  segments: [{ role: "answer", origin: "data", text: "what time", weight: 1 }],
  endTurn: true,
}));

/** An adapter that changes what the model says: B is drawn too. */
function strong(config: LoraConfig, seed: number): Adapter {
  const draw = random(seed, "strong");
  const adapter = freshAdapter(base.decoder, config, draw.uniform);
  for (const [name, tensor] of adapter.tensors) {
    const values = tensor.dataSync().map((value) => value + 0.2 * draw.normal());
    tensor.dispose();
    adapter.tensors.set(name, tf.tensor(values, tensor.shape));
  }
  host.onDispose(() => disposeAdapter(adapter));
  return adapter;
}

const deep = { ...tinyConfig, layers: 3 };
const maps = (config: Omit<LoraConfig, "rank" | "alpha">): string[] =>
  adaptedMaps(deep, lora({ rank: 2, ...config })).map((path) => path.replace("model.layers.", ""));

describe("what a LoRA adapts", () => {
  it("is all seven maps of every layer, or those that PEFT's rules choose", () => {
    expect(maps({})).toHaveLength(21);
    expect(maps({ targets: "all-linear" })).toEqual(maps({}));
    expect(maps({ targets: ["q_proj", "mlp.up_proj"], layers: [0, 2] })).toEqual([
      ...["0.self_attn.q_proj", "0.mlp.up_proj"],
      ...["2.self_attn.q_proj", "2.mlp.up_proj"],
    ]);
    expect(maps({ targets: ".*\\.[kv]_proj", exclude: "model\\.layers\\.[01]\\..*" })).toEqual([
      ...["2.self_attn.k_proj", "2.self_attn.v_proj"],
    ]);
    expect(maps({ targets: ["q_proj", "o_proj"], exclude: ["o_proj"], whole: ["layers.1.self_attn.q_proj"] })).toEqual([
      ...["0.self_attn.q_proj", "2.self_attn.q_proj"],
    ]);
  });

  it("names what the model does not have", () => {
    expect(() => maps({ targets: ["q_proj", "c_attn"] })).toThrow(
      /LoRA on "c_attn" would adapt nothing .* q_proj, k_proj/,
    );
    expect(() => maps({ targets: ".*gate" })).toThrow(/would adapt nothing/);
    expect(() => maps({ layers: [3] })).toThrow("The model has the layers 0 to 2; there is no 3.");
    expect(() => lora({ rank: 2, targets: "(" })).toThrow(/is no pattern of module paths/);
    expect(() => lora({ rank: 2, dropout: 1 })).toThrow(/from 0 to below 1/);
    expect(() => wholeWeights(deep, lora({ rank: 2, whole: ["wte"] }))).toThrow(/no module "wte"/);
  });

  it("can be whole modules, of which a tied head is the embedding", () => {
    const tables = (tied: boolean): string[] =>
      wholeWeights({ ...deep, tied }, lora({ rank: 2, whole: ["lm_head", "embed_tokens", "model.norm"] }));
    expect(tables(true)).toEqual(["model.embed_tokens.weight", "model.norm.weight"]);
    expect(tables(false)).toEqual(["model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"]);
  });
});

describe("adapters on one base", () => {
  const kinds: LoraConfig[] = [
    lora({ rank: 2, rankStabilized: true, targets: ["q_proj", "down_proj"] }),
    lora({ rank: 4, alpha: 3, whole: ["embed_tokens", "lm_head", "input_layernorm"] }),
  ];

  it("answer each by itself, and off is the base", async () => {
    const before = await base.nll(samples);
    const [first, second] = kinds.map((kind, seed) => base.with(strong(kind, seed)));
    const alone = await first!.nll(samples);
    expect(await second!.nll(samples)).not.toEqual(alone);
    const both = await Promise.all([first!.nll(samples), base.nll(samples), second!.nll(samples)]);
    expect(both.slice(0, 2)).toEqual([alone, before]);
  });

  it.each(kinds)("come back from their files: %j", async (kind) => {
    const adapter = strong(kind, 7);
    for (const [path, data] of await adapterFiles(base, adapter)) await host.writeFile(`runs/1/${path}`, data);
    const again = await loadAdapter(base, "runs/1/adapter");
    expect(again.adapter!.config).toEqual(kind);
    expect(await again.nll(samples)).toEqual(await base.with(adapter).nll(samples));
  });

  it.each(kinds)("are merged into a model that answers the same, and taken out again: %j", async (kind) => {
    const adapter = strong(kind, 8);
    const tuned = base.with(adapter);
    const model = await merged(base, tuned);
    const gap = async (a: { nll(s: Sample[]): Promise<{ nll: number }[]> }, b: typeof a): Promise<number> => {
      const [left, right] = [await a.nll(samples), await b.nll(samples)];
      return Math.max(...left.map(({ nll }, at) => Math.abs(nll - right[at]!.nll)));
    };
    expect(await gap(model, tuned)).toBeLessThan(1e-3);
    expect(await gap(base, tuned)).toBeGreaterThan(0.1);
    expect(model.digest).not.toBe(base.digest);
    if (kind.whole) {
      expect(() => unmergeAdapter(model.decoder, adapter)).toThrow(/were replaced whole; load the base again/);
      return;
    }
    const { decoder, made } = unmergeAdapter(model.decoder, adapter);
    for (const [name, weight] of decoder.weights) {
      const was = base.decoder.weights.get(name)!.dataSync();
      expect(Math.max(...weight.dataSync().map((value, at) => Math.abs(value - was[at]!)))).toBeLessThan(1e-5);
    }
    tf.dispose(made);
  });

  it("are refused with all that does not fit, in one message", async () => {
    const files = await writeAdapter(strong(kinds[0]!, 1), "tiny");
    const wider = { ...tinyConfig, feedForward: 32, layers: 2 };
    await expect(readAdapter(wider, files, "adapters/a")).rejects.toThrow(
      /The adapter in adapters\/a does not fit the model: "[^"]*layers.1[^"]*" is missing; .*/,
    );
    await expect(readAdapter({ ...wider, layers: 1 }, files, "adapters/a")).rejects.toThrow(
      /down_proj.lora_A.weight" is \[2,24\] where the model wants \[2,32\]/,
    );
    const odd = { ...files, config: files.config.replace('"bias": "none"', '"bias": "all", "rank_pattern": {"a": 2}') };
    await expect(readAdapter(tinyConfig, odd, "adapters/a")).rejects.toThrow(
      'The adapter in adapters/a cannot be read: it uses rank_pattern, bias "all".',
    );
  });
});

describe("new tokens", () => {
  const words = ["<velan>", "thoron", "ŝelu"];

  it("are one token each, begin as the mean of the others, and leave the base alone", async () => {
    const before = await base.nll(samples);
    const larger = await extendVocabulary(base, words);
    const { vocabulary } = base.decoder.config;
    const ids = larger.tokenizer.encode("hello thoron ŝelu<velan>");
    expect(ids.filter((id) => id >= vocabulary)).toEqual([vocabulary + 1, vocabulary + 2, vocabulary]);
    expect(larger.tokenizer.decode(ids)).toContain("thoron");
    const rows = larger.decoder.weights.get("model.embed_tokens.weight")!;
    expect(rows.shape).toEqual([vocabulary + 3, 16]);
    const old = base.decoder.weights.get("model.embed_tokens.weight")!;
    const mean = tf.tidy(() => tf.mean(old, 0).dataSync());
    expect(rows.dataSync().slice(-16)).toEqual(mean);
    expect(await base.nll(samples)).toEqual(before);
    await expect(extendVocabulary(base, ["<velan>", "<velan>"])).rejects.toThrow(/has "<velan>" already/);
  });

  it("are saved with the adapter and load onto the base as it was", async () => {
    const larger = await extendVocabulary(base, words);
    const adapter = freshAdapter(larger.decoder, lora({ rank: 2, whole: ["embed_tokens", "lm_head"] }), Math.random);
    for (const [path, data] of await adapterFiles(larger, adapter)) await host.writeFile(`new/${path}`, data);
    const asked: Sample[] = [
      {
        prompt: [],
        segments: [{ role: "text", origin: "data", text: "hello thoron <velan>", weight: 1 }],
        endTurn: false,
      },
    ];
    const wanted = await larger.with(adapter).nll(asked);
    disposeAdapter(adapter);
    const loaded = await loadAdapter(base, "new/adapter");
    expect(await loaded.nll(asked)).toEqual(wanted);
    expect(wanted[0]!.tokens).toBe(larger.tokenizer.encode(" hello thoron <velan>").length);
    expect((await merged(base, loaded)).decoder.config.vocabulary).toBe(base.decoder.config.vocabulary + 3);
  });
});
