import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Adapter } from "../../../cells/model/adapter.ts";
import { nameSavedBase, referenceOf } from "../../../cells/model/base-reference.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { type LoraConfig, lora } from "../../../cells/model/lora.ts";
import { merged } from "../../../cells/model/merge.ts";
import { type SaveOptions, save } from "../../../cells/model/save.ts";
import { loadAdapter } from "../../../cells/model/tuned-folder.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import type { Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { strongAdapter } from "./strong-adapter.ts";
import { tinyFolder } from "./tiny.ts";

let host: BareHost;
let base: BaseModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(3);
  base = await chatModel(await tinyFolder(host));
  return () => host.end();
});

const samples: Sample[] = ["hello", "quick river"].map((text) => ({
  prompt: [{ role: "user", content: text }],
  segments: [{ role: "answer", origin: "data", text: "what time", weight: 1 }],
  endTurn: true,
}));

const strong = (config: LoraConfig): Adapter => strongAdapter(host, base, config, 4);

const json = (path: string): Record<string, unknown> =>
  JSON.parse(
    typeof host.files.get(path) === "string"
      ? (host.files.get(path) as string)
      : new TextDecoder().decode(host.files.get(path) as Uint8Array),
  );

describe("save", () => {
  it("writes an adapter with the tokenizer beside it, which loads again and can be cached", async () => {
    const tuned = base.with(strong(lora({ rank: 2 })));
    const path = await save(tuned, "adapters/mine/");
    expect(path).toBe("adapters/mine");
    expect(json("adapters/mine/adapter_config.json").base_model_name_or_path).toBe(referenceOf(base.decoder));
    expect(host.files.has("adapters/mine/tokenizer.json")).toBe(true);
    const again = await loadAdapter(base, path);
    expect(await again.nll(samples)).toEqual(await tuned.nll(samples));
    // The tokenizer beside it is the base's, so the model still is one that can be loaded by its names.
    expect(again.tokenizer).toBe(base.tokenizer);
  });

  it.each(["float32", "bfloat16"] as const)("writes a merged model that chatModel loads (%s)", async (dtype) => {
    const tuned = base.with(strong(lora({ rank: 2, targets: ["q_proj", "lm_head", "embed_tokens"] })));
    const path = await save(tuned, "models/merged", { as: "model", dtype });
    expect(json("models/merged/config.json")).toMatchObject({ torch_dtype: dtype, tie_word_embeddings: false });
    expect(json("models/merged/generation_config.json")).toEqual({ bos_token_id: 1, eos_token_id: 2 });
    const again = await chatModel(path);
    const [wanted, found] = [await tuned.nll(samples), await again.nll(samples)];
    for (const [at, { nll }] of found.entries())
      expect(Math.abs(nll - wanted[at]!.nll) / wanted[at]!.nll).toBeLessThan(dtype === "float32" ? 1e-5 : 0.05);
    const before = base.decoder.weights.get("model.norm.weight")!.dataSync();
    const after = again.decoder.weights.get("model.norm.weight")!.dataSync();
    expect(after.every((value, at) => Math.abs(value - before[at]!) <= Math.abs(before[at]!) / 256)).toBe(true);
  });

  it("lets adapters on a merged model name the folder in which it was saved", async () => {
    const model = await merged(base, base.with(strong(lora({ rank: 2 }))));
    expect(referenceOf(model.decoder)).toBeUndefined();
    await save(model, "models/new");
    await save(model.with(strong(lora({ rank: 1 }))), "adapters/on-new");
    expect(json("adapters/on-new/adapter_config.json").base_model_name_or_path).toMatch(/models\/new$/);
  });

  it("names a base on the hub by its name there, and an extended base by that of its file", async () => {
    nameSavedBase(base.decoder, "/home/a/.cache/huggingface/hub/models--Qwen--Qwen3-0.6B/snapshots/c1899de2");
    expect(referenceOf((await extendVocabulary(base, ["<velan>"])).decoder)).toBe("Qwen/Qwen3-0.6B");
  });

  it("refuses what it cannot do, by name", async () => {
    const tuned = base.with(strong(lora({ rank: 2 })));
    await expect(save(base, "x", { as: "adapter" })).rejects.toThrow(/has no LoRA to save.*as: "model"/);
    await expect(save(tuned, "x", { merge: true } as SaveOptions)).rejects.toThrow(/no option "merge"/);
    await expect(save(tuned, "x", { dtype: "int8" } as unknown as SaveOptions)).rejects.toThrow(/dtype must be/);
    const service = { name: "api", digest: "", generate: async () => [], nll: async () => [] };
    await expect(save(service, "x")).rejects.toThrow(/"api" is not computed by Palimpsest/);
  });
});

describe("an adapter's folder", () => {
  const saved = async (change: Record<string, unknown>): Promise<string> => {
    const path = await save(base.with(strong(lora({ rank: 2, targets: ["q_proj"] }))), "adapters/a");
    await host.writeFile(
      `${path}/adapter_config.json`,
      JSON.stringify({ ...json(`${path}/adapter_config.json`), ...change }),
    );
    return path;
  };

  it.each(["pissa", "pissa_niter_4", "olora", "corda", "loftq", "lora_ga"])(
    "is refused if its initialisation changed the base (%s)",
    async (initial) => {
      await expect(loadAdapter(base, await saved({ init_lora_weights: initial }))).rejects.toThrow(
        new RegExp(`adapters/a cannot be read: it was initialised with "${initial}".*Convert it in PEFT`),
      );
    },
  );

  it.each([true, false, "gaussian", "orthogonal", "eva"])(
    "is read after other initialisations (%s)",
    async (initial) => {
      expect((await loadAdapter(base, await saved({ init_lora_weights: initial }))).adapter).toBeDefined();
    },
  );

  it("is refused by the names of settings that Palimpsest does not compute or know", async () => {
    const dora = await saved({ use_dora: true, use_qalora: true });
    await expect(loadAdapter(base, dora)).rejects.toThrow(/adapters\/a cannot be read: it uses use_dora, use_qalora/);
    await expect(loadAdapter(base, await saved({ use_newest_trick: 3 }))).rejects.toThrow(
      /adapters\/a cannot be read: Palimpsest does not know use_newest_trick/,
    );
    expect((await loadAdapter(base, await saved({ use_newest_trick: null }))).adapter).toBeDefined();
  });

  it("is named with the adapters in it, if it has several", async () => {
    for (const name of ["first", "second"]) await save(base.with(strong(lora({ rank: 1 }))), `adapters/two/${name}`);
    await expect(loadAdapter(base, "adapters/two")).rejects.toThrow(
      /It contains several adapters; give one of adapters\/two\/first, adapters\/two\/second\./,
    );
  });
});
