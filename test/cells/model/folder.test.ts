import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { disposeAdapter, freshAdapter } from "../../../cells/model/adapter.ts";
import { readAdapter, writeAdapter } from "../../../cells/model/adapter-files.ts";
import { chatModel } from "../../../cells/model/chat-model.ts";
import { parseConfig, printConfig } from "../../../cells/model/config.ts";
import { type LoraConfig, lora, loraScale } from "../../../cells/model/lora.ts";
import { openSafetensorsBytes } from "../../../cells/model/safetensors.ts";
import { weightShapes } from "../../../cells/model/weights.ts";
import { writeSafetensors } from "../../../cells/model/write-safetensors.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { goldenFolder } from "./golden.ts";
import { tinyConfig, tinyFolder } from "./tiny.ts";

let host: BareHost;
beforeAll(() => useBackend("cpu"));
beforeEach(() => {
  host = bareHost();
});

describe("safetensors", () => {
  it("reads what was written", () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.array(fc.float({ noNaN: true }), { maxLength: 9 })),
        async (lists) => {
          const names = Object.keys(lists).filter((name) => name !== "__metadata__");
          const tensors = new Map(
            names.map((name) => [name, { shape: [lists[name]!.length], values: Float32Array.from(lists[name]!) }]),
          );
          const file = await openSafetensorsBytes(writeSafetensors(tensors, { made: "here" }), "a test");
          expect(file.metadata).toEqual({ made: "here" });
          expect([...file.names].sort()).toEqual([...names].sort());
          for (const name of names) expect(await file.read(name)).toEqual(tensors.get(name));
        },
      ),
      { numRuns: 50 },
    ));

  it("widens 16-bit weights without loss", async () => {
    const half = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0x3555];
    const brain = [0x3f80, 0xc000, 0x7f7f, 0x0001, 0x8080, 0xff80, 0x3eab];
    const read = async (dtype: string, bits: number[]): Promise<number[]> => {
      const header = { x: { dtype, shape: [bits.length], data_offsets: [0, 2 * bits.length] } };
      return [
        ...(await (await openSafetensorsBytes(rawFile(header, Uint16Array.from(bits)), "a test")).read("x")).values,
      ];
    };
    expect(await read("F16", half)).toEqual([1, -2, 65504, 2 ** -24, -(2 ** -14), Infinity, 1365 * 2 ** -12]);
    expect(await read("BF16", brain)).toEqual([
      1,
      -2,
      255 * 2 ** 120,
      2 ** -133,
      -(2 ** -126),
      -Infinity,
      171 * 2 ** -9,
    ]);
  });

  it.each([
    ["overlapping tensors", { a: entry([0, 8], [2]), b: entry([4, 12], [2]) }, /"b" overlaps/],
    ["bytes that do not fit the shape", { a: entry([0, 8], [3]) }, /does not fit its shape \[3\]/],
    ["a type that is not a float", { a: { ...entry([0, 8], [1]), dtype: "I64" } }, /type I64/],
    ["missing offsets", { a: { dtype: "F32", shape: [1] } }, /invalid shape or invalid offsets/],
  ])("rejects %s", async (_what, header, message) => {
    await expect(openSafetensorsBytes(rawFile(header, new Uint8Array(16)), "model.safetensors")).rejects.toThrow(
      message,
    );
  });

  it("rejects files that end too early", async () => {
    const file = writeSafetensors(new Map([["a", { shape: [4], values: new Float32Array(4) }]]));
    await expect(openSafetensorsBytes(file.slice(0, 5), "x")).rejects.toThrow(/fewer than 8 bytes/);
    await expect(openSafetensorsBytes(file.slice(0, 30), "x")).rejects.toThrow(/ends inside its header/);
    const cut = await openSafetensorsBytes(file.slice(0, -1), "x");
    await expect(cut.read("a")).rejects.toThrow(/ends inside the tensor "a"/);
  });
});

describe("config.json", () => {
  it("is read in both spellings", async () => {
    const read = async (name: string) =>
      parseConfig(new TextDecoder().decode(await host.readFile(goldenFolder(`${name}/config.json`))), name);
    const old = await read("llama-old-spelling");
    expect(old).toMatchObject({
      headWidth: 32,
      ropeBase: 500_000,
      tied: false,
      ropeScaling: { factor: 4, originalLength: 64 },
    });
    expect(await read("llama-rope-scaled")).toMatchObject({ keyValueHeads: 1, tied: true, ropeScaling: { factor: 8 } });
    expect(await read("llama-gqa")).toMatchObject({
      headWidth: 8,
      keyValueHeads: 2,
      ropeBase: 10_000,
      ropeScaling: undefined,
    });
    expect(parseConfig(printConfig(old), "printed")).toEqual(old);
  });

  it("is read into the traits of each family, and reads the same after printing", async () => {
    const read = async (name: string) =>
      parseConfig(new TextDecoder().decode(await host.readFile(goldenFolder(`${name}/config.json`))), name);
    const traits = { family: "llama", biases: undefined, headNorms: undefined, windows: undefined };
    const inputs = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
    const expected = {
      "llama-gqa": traits,
      "mistral-window": { ...traits, family: "mistral", windows: [6, 6] },
      "qwen2-bias": { ...traits, family: "qwen2", biases: inputs },
      "qwen3-qknorm": { ...traits, family: "qwen3", headNorms: true },
    };
    for (const [name, wanted] of Object.entries(expected)) {
      const config = await read(name);
      expect(config).toMatchObject(wanted);
      expect(parseConfig(printConfig(config), name)).toEqual(config);
    }
    const qwen = { ...JSON.parse(printConfig(await read("qwen2-bias"))), layer_types: undefined };
    const sliding = { ...qwen, use_sliding_window: true, sliding_window: 9, max_window_layers: 1 };
    expect(parseConfig(JSON.stringify(sliding), "x").windows).toEqual([0, 9]);
    expect(parseConfig(JSON.stringify({ ...sliding, use_sliding_window: false }), "x").windows).toBeUndefined();
    const odd = { ...qwen, layer_types: ["full_attention", "chunked_attention"], quantization_config: { bits: 4 } };
    expect(() => parseConfig(JSON.stringify(odd), "x")).toThrow(/layers of "chunked_attention"; quantised weights/);
  });

  it("lists everything that is not supported, and everything that is missing, in one message", () => {
    const odd = { model_type: "gpt2", attention_bias: true, hidden_act: "gelu", rope_scaling: { rope_type: "yarn" } };
    expect(() => parseConfig(JSON.stringify(odd), "x/config.json")).toThrow(
      'x/config.json describes a model that Palimpsest does not support: the model type "gpt2" (supported are llama, mistral, qwen2 and qwen3); the activation "gelu"; the RoPE type "yarn".',
    );
    const empty = { model_type: "llama", num_attention_heads: 4 };
    expect(() => parseConfig(JSON.stringify(empty), "x")).toThrow(
      /hidden_size, vocab_size, num_hidden_layers, intermediate_size/,
    );
    expect(() => parseConfig("{", "x")).toThrow(/x is not valid JSON/);
  });
});

describe("an adapter", () => {
  it("is the same after writing and reading PEFT's files, with and without rank stabilisation", async () => {
    const base = await chatModel(await tinyFolder(host));
    const { config } = base.decoder;
    const adapter = freshAdapter(base.decoder, lora({ rank: 4, alpha: 6 }), Math.random);
    const files = await writeAdapter(adapter, "tiny");
    const again = await readAdapter(config, files, "a test");
    expect(again.config).toEqual({ rank: 4, alpha: 6 });
    expect([...again.tensors.keys()]).toEqual([...adapter.tensors.keys()]);
    for (const [name, tensor] of adapter.tensors) {
      expect(again.tensors.get(name)!.dataSync()).toEqual(tensor.dataSync());
    }
    const stabilised = { ...files, config: files.config.replace('"use_rslora": false', '"use_rslora": true') };
    const { config: read } = await readAdapter(config, stabilised, "a test");
    expect(read).toEqual({ rank: 4, alpha: 6, rankStabilized: true });
    expect(loraScale(read as LoraConfig)).toBe(3);
    const dora = { ...files, config: files.config.replace('"use_dora": false', '"use_dora": true') };
    await expect(readAdapter(config, dora, "adapters/d")).rejects.toThrow(
      "The adapter in adapters/d cannot be read: it uses use_dora, which Palimpsest does not support.",
    );
    disposeAdapter(adapter);
  });

  it("starts with A in ±1/√in and B zero, the same for the same random numbers", async () => {
    const { decoder } = await chatModel(await tinyFolder(host));
    const made = freshAdapter(decoder, lora({ rank: 2 }), () => 0.75);
    expect(made.config).toEqual({ rank: 2, alpha: 4 });
    for (const [name, tensor] of made.tensors) {
      const expected = name.endsWith("lora_A.weight") ? 0.5 / Math.sqrt(tensor.shape[1]!) : 0;
      for (const value of tensor.dataSync()) expect(value).toBeCloseTo(expected, 7);
    }
    disposeAdapter(made);
  });
});

describe("a chat model", () => {
  it("generates, and frees its weights when the cell ends", async () => {
    const before = tf.memory().numTensors;
    const model = await chatModel(await tinyFolder(host));
    const loaded = tf.memory().numTensors;
    const prompts = ["hello", "walks quickly", "hello"].map((content) => ({
      messages: [{ role: "user" as const, content }],
    }));
    const said = await model.generate(prompts, { maxTokens: 5, label: "Asking" });
    expect(said[0]).toEqual(said[2]);
    expect(said.every(({ tokens, ended }) => tokens <= 5 && (ended || tokens === 5))).toBe(true);
    expect(host.progressed.at(-1)).toEqual({ label: "Asking", done: 3, total: 3 });
    expect(tf.memory().numTensors).toBe(loaded);
    host.end();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("counts the likelihood of segments with a weight, given all text before them", async () => {
    const model = await chatModel(await tinyFolder(host));
    const prompt = [{ role: "user" as const, content: "hello" }];
    const sample = (...weights: [number, number]) => ({
      prompt,
      segments: ["quick", " walks"].map((text, at) => ({
        role: "answer" as const,
        origin: "data" as const,
        text,
        weight: weights[at]!,
      })),
      endTurn: false,
    });
    const [both, first, second] = await model.nll([sample(1, 1), sample(1, 0), sample(0, 0.1)]);
    expect(both!.tokens).toBe(first!.tokens + second!.tokens);
    expect(both!.nll).toBeCloseTo(first!.nll + second!.nll, 4);
    expect(first!.nll).toBeGreaterThan(0.1);
    expect(second!.nll).toBeGreaterThan(0.1);
  });

  it("has the same digest however its weights are sharded, and another one for other weights", async () => {
    const unsharded = await chatModel(await tinyFolder(host));
    const sharded = await chatModel(await tinyFolder(host, { shards: 3 }));
    const other = await chatModel(await tinyFolder(host, { seed: 2 }));
    expect(sharded.digest).toBe(unsharded.digest);
    expect(other.digest).not.toBe(unsharded.digest);
  });

  it("is rejected with a list of missing and misshapen weights, before any weight is read", async () => {
    const folder = await tinyFolder(host);
    const weights = new Map([...weightShapes(tinyConfig)].map(([name, shape]) => [name, zeros(shape)]));
    weights.delete("model.norm.weight");
    weights.set("model.layers.0.mlp.up_proj.weight", zeros([24, 8]));
    host.files.set(`${folder}/model.safetensors`, writeSafetensors(weights));
    const before = tf.memory().numTensors;
    await expect(chatModel(folder)).rejects.toThrow(
      `The weights in ${folder} do not fit its config.json: model.norm.weight missing; ` +
        '"model.layers.0.mlp.up_proj.weight" has the shape [24, 8], but config.json implies [24, 16].',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is rejected if its tokenizer belongs to another model", async () => {
    const folder = await tinyFolder(host);
    const config = JSON.stringify({ ...JSON.parse(printConfig(tinyConfig)), vocab_size: 100 });
    const weights = new Map(
      [...weightShapes({ ...tinyConfig, vocabulary: 100 })].map(([name, shape]) => [name, zeros(shape)]),
    );
    host.files.set(`${folder}/config.json`, config);
    host.files.set(`${folder}/model.safetensors`, writeSafetensors(weights));
    const before = tf.memory().numTensors;
    await expect(chatModel(folder)).rejects.toThrow(/has \d+ tokens, but its model has only 100/);
    host.end();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("lists all missing files of a folder in one message", async () => {
    await expect(chatModel(goldenFolder("llama-gqa"))).rejects.toThrow(
      /missing tokenizer.json, tokenizer_config.json\./,
    );
    await expect(chatModel(goldenFolder("metrics/tokenizer-unigram"))).rejects.toThrow(
      /missing config.json, model.safetensors\./,
    );
  });
});

function entry(offsets: [number, number], shape: number[]) {
  return { dtype: "F32", shape, data_offsets: offsets };
}

function rawFile(header: unknown, data: Uint8Array | Uint16Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + text.length);
  return file;
}

function zeros(shape: readonly number[]) {
  return { shape, values: new Float32Array(shape.reduce((product, n) => product * n, 1)) };
}
