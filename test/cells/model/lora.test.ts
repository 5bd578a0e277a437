import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Adapter, disposeAdapter, freshAdapter } from "../../../cells/model/adapter.ts";
import { readAdapter, writeAdapter } from "../../../cells/model/adapter-files.ts";
import { type BaseModel, baseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { decoder } from "../../../cells/model/decoder.ts";
import { adaptedLinearLayers, fullyTrainedWeights, type LoraConfig, lora } from "../../../cells/model/lora.ts";
import { merged, unmergeAdapter } from "../../../cells/model/merge.ts";
import { chatTokenizer } from "../../../cells/model/tokenizer.ts";
import { adapterFiles, loadAdapter } from "../../../cells/model/tuned-folder.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { random } from "../../../cells/random.ts";
import { initialWeights } from "../../../cells/train/step/initial-weights.ts";
import type { Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { goldenFolder } from "./golden.ts";
import { strongAdapter } from "./strong-adapter.ts";
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

const strong = (config: LoraConfig, seed: number): Adapter => strongAdapter(host, base, config, seed);

const deep = { ...tinyConfig, layers: 3 };
const adapted = (config: Omit<LoraConfig, "rank" | "alpha">): string[] =>
  adaptedLinearLayers(deep, lora({ rank: 2, ...config })).map((path) => path.replace("model.layers.", ""));

describe("what a LoRA adapts", () => {
  it("is all seven linear layers of each decoder layer, or those that PEFT's rules choose", () => {
    expect(adapted({})).toHaveLength(21);
    expect(adapted({ targets: "all-linear" })).toEqual(adapted({}));
    expect(adapted({ targets: ["q_proj", "mlp.up_proj"], layers: [0, 2] })).toEqual([
      ...["0.self_attn.q_proj", "0.mlp.up_proj"],
      ...["2.self_attn.q_proj", "2.mlp.up_proj"],
    ]);
    expect(adapted({ targets: ".*\\.[kv]_proj", exclude: "model\\.layers\\.[01]\\..*" })).toEqual([
      ...["2.self_attn.k_proj", "2.self_attn.v_proj"],
    ]);
    expect(
      adapted({ targets: ["q_proj", "o_proj"], exclude: ["o_proj"], modulesToSave: ["layers.1.self_attn.q_proj"] }),
    ).toEqual([...["0.self_attn.q_proj", "2.self_attn.q_proj"]]);
  });

  it("is checked against the modules that the model has", () => {
    expect(() => adapted({ targets: ["q_proj", "c_attn"] })).toThrow(
      /LoRA on "c_attn" adapts nothing in this model.* q_proj, k_proj/,
    );
    expect(() => adapted({ targets: ".*gate" })).toThrow(/adapts nothing/);
    expect(() => adapted({ layers: [3] })).toThrow("The model has the layers 0 to 2; there is no layer 3.");
    expect(() => lora({ rank: 2, targets: "(" })).toThrow(/is not a valid pattern for module paths/);
    expect(() => lora({ rank: 2, dropout: 1 })).toThrow(/must be at least 0 and below 1, not 1/);
    expect(() => fullyTrainedWeights(deep, lora({ rank: 2, modulesToSave: ["wte"] }))).toThrow(/no module "wte"/);
  });

  it("can be fully trained modules; a tied output layer is the embedding", () => {
    const tables = (tied: boolean): string[] =>
      fullyTrainedWeights(
        { ...deep, tied },
        lora({ rank: 2, modulesToSave: ["lm_head", "embed_tokens", "model.norm"] }),
      );
    expect(tables(true)).toEqual(["model.embed_tokens.weight", "model.norm.weight"]);
    expect(tables(false)).toEqual(["model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"]);
  });
});

describe("adapters on one base", () => {
  const kinds: LoraConfig[] = [
    lora({ rank: 2, rankStabilized: true, targets: ["q_proj", "down_proj"] }),
    lora({ rank: 4, alpha: 3, modulesToSave: ["embed_tokens", "lm_head", "input_layernorm"] }),
  ];

  it("do not affect each other or the base", async () => {
    const before = await base.nll(samples);
    const [first, second] = kinds.map((kind, seed) => base.with(strong(kind, seed)));
    const alone = await first!.nll(samples);
    expect(await second!.nll(samples)).not.toEqual(alone);
    const both = await Promise.all([first!.nll(samples), base.nll(samples), second!.nll(samples)]);
    expect(both.slice(0, 2)).toEqual([alone, before]);
  });

  it.each(kinds)("are the same after saving and loading: %j", async (kind) => {
    const adapter = strong(kind, 7);
    for (const [path, data] of await adapterFiles(base, adapter)) await host.writeFile(`runs/1/${path}`, data);
    const again = await loadAdapter(base, "runs/1/adapter");
    expect(again.adapter!.config).toEqual(kind);
    expect(await again.nll(samples)).toEqual(await base.with(adapter).nll(samples));
  });

  it.each(kinds)("are merged into a model that answers the same, and unmerged again: %j", async (kind) => {
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
    if (kind.modulesToSave) {
      expect(() => unmergeAdapter(model.decoder, adapter)).toThrow(/replaced them completely. Load the base again/);
      return;
    }
    const { decoder, made } = unmergeAdapter(model.decoder, adapter);
    for (const [name, weight] of decoder.weights) {
      const was = base.decoder.weights.get(name)!.dataSync();
      expect(Math.max(...weight.dataSync().map((value, at) => Math.abs(value - was[at]!)))).toBeLessThan(1e-5);
    }
    tf.dispose(made);
  });

  it("are rejected with a list of everything that does not fit", async () => {
    const files = await writeAdapter(strong(kinds[0]!, 1), "tiny");
    const wider = { ...tinyConfig, feedForward: 32, layers: 2 };
    await expect(readAdapter(wider, files, "adapters/a")).rejects.toThrow(
      /The adapter in adapters\/a does not fit the model: "[^"]*layers.1[^"]*" is missing; .*/,
    );
    await expect(readAdapter({ ...wider, layers: 1 }, files, "adapters/a")).rejects.toThrow(
      /down_proj.lora_A.weight" has the shape \[2,24\], but the model needs \[2,32\]/,
    );
    const odd = { ...files, config: files.config.replace('"bias": "none"', '"bias": "all", "lora_bias": true') };
    await expect(readAdapter(tinyConfig, odd, "adapters/a")).rejects.toThrow(
      'The adapter in adapters/a cannot be read: it uses lora_bias, bias "all", which Palimpsest does not support.',
    );
  });
});

describe("new tokens", () => {
  const words = ["<velan>", "thoron", "ŝelu"];

  it("are one token each, start as the mean of the others, and do not change the base", async () => {
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
    await expect(extendVocabulary(base, ["<velan>", "<velan>"])).rejects.toThrow(/cannot add "<velan>": each token/);
  });

  it("get the ids that transformers gives them, in rows that the table may already have", async () => {
    // transformers: PreTrainedTokenizerFast(…).add_tokens(words), for each of the reference tokenizers.
    const first = { "byte-bpe": 600, "llama-bpe": 700, unigram: 165 };
    for (const [kind, id] of Object.entries(first)) {
      const read = (file: string): string => readFileSync(goldenFolder(`metrics/tokenizer-${kind}/${file}`), "utf8");
      const files = {
        tokenizer: read("tokenizer.json"),
        config: read("tokenizer_config.json"),
        template: read("chat_template.jinja"),
      };
      const config = { ...tinyConfig, vocabulary: 702 };
      const made = baseModel({
        name: kind,
        digest: kind,
        decoder: decoder(config, initialWeights(config, random(1, kind).normal)),
        tokenizer: chatTokenizer(files, kind),
      });
      const larger = await extendVocabulary(made, words);
      expect(words.map((word) => larger.tokenizer.encode(word))).toEqual([[id], [id + 1], [id + 2]]);
      // Only what does not fit into the table makes it grow.
      expect(larger.decoder.config.vocabulary).toBe(Math.max(702, id + 3));
      const table = larger.decoder.weights.get("model.embed_tokens.weight")!;
      const old = made.decoder.weights.get("model.embed_tokens.weight")!;
      const rows = (of: tf.Tensor, from: number, to: number): Float32Array =>
        of.dataSync<"float32">().slice(from * 16, to * 16);
      expect(rows(table, 0, id)).toEqual(rows(old, 0, id));
      expect(rows(table, id + 3, 702)).toEqual(rows(old, id + 3, 702));
      const mean = tf.tidy(() => tf.mean(tf.slice(old, 0, id), 0).dataSync());
      expect(rows(table, id + 2, id + 3)).toEqual(mean);
      // Some classes of transformers read added tokens from here alone, the older ones too.
      const written = JSON.parse(larger.tokenizer.files.config).added_tokens_decoder;
      expect(written[id]).toMatchObject({ content: "<velan>", special: false });
      expect(Object.values(written)).toContainEqual(expect.objectContaining({ content: "</s>", special: true }));
      tf.dispose([made.decoder.frequencies, ...made.decoder.weights.values()]);
    }
  });

  it("are saved with the adapter and loaded onto the original base", async () => {
    const larger = await extendVocabulary(base, words);
    const adapter = freshAdapter(
      larger.decoder,
      lora({ rank: 2, modulesToSave: ["embed_tokens", "lm_head"] }),
      Math.random,
    );
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
    expect(wanted[0]!.tokens).toBe(larger.tokenizer.encode("hello thoron <velan>").length - 1);
    expect((await merged(base, loaded)).decoder.config.vocabulary).toBe(base.decoder.config.vocabulary + 3);
  });
});
