/** Cached answers of a model are used only while everything that decides them is the same. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it, vi } from "vitest";
import { answersDigest } from "../../cells/answers-digest.ts";
import { cache } from "../../cells/cache/cache.ts";
import { freshAdapter } from "../../cells/model/adapter.ts";
import { chatModel } from "../../cells/model/chat-model.ts";
import { lora } from "../../cells/model/lora.ts";
import { random } from "../../cells/random.ts";
import { type BareHost, bareHost } from "./bare-host.ts";
import { useBackend } from "./model/backend.ts";
import { tinyFolder } from "./model/tiny.ts";

beforeAll(() => useBackend("cpu"));

/** Loads the tiny model from a folder in which a file was changed. */
async function digestWith(file: string, change: (text: string) => string): Promise<string> {
  const host = bareHost();
  const folder = await tinyFolder(host);
  const path = `${folder}/${file}`;
  const before = host.files.get(path);
  const text = typeof before === "string" ? before : new TextDecoder().decode(before);
  if (before !== undefined) host.files.set(path, change(text));
  else host.files.set(path, change(""));
  return answersDigest(await chatModel(folder));
}

it("the digest of a model's answers follows its tokenizer, template, generation config, settings and adapter", async () => {
  const plain = await digestWith("config.json", (text) => text);
  expect(await digestWith("config.json", (text) => text)).toBe(plain);
  const changed = [
    await digestWith("config.json", (text) => JSON.stringify({ ...JSON.parse(text), rms_norm_eps: 0.01 })),
    await digestWith("tokenizer_config.json", (text) => JSON.stringify({ ...JSON.parse(text), note: 1 })),
    await digestWith("chat_template.jinja", (text) => `${text}{# changed #}`),
    await digestWith("generation_config.json", () => '{"eos_token_id": 3}'),
  ];
  const base = await chatModel(await tinyFolder(bareHost()));
  const adapter = freshAdapter(base.decoder, lora({ rank: 2 }), random(1, "adapter").uniform);
  changed.push(await answersDigest(base.with(adapter)));
  expect(new Set([plain, ...changed]).size).toBe(6);
});

it("a step that was computed here is computed again by other code; what was received is not", async () => {
  const host = bareHost();
  let computed = 0;
  const step = (origin: "computed here" | "received") => cache("step", 1, async () => ++computed, origin);
  await step("computed here");
  await step("received");
  const later = { ...bareHost(), version: "other" } as BareHost;
  for (const [path, data] of host.files) later.files.set(path, data);
  const { setHost } = await import("../../cells/host.ts");
  setHost(later);
  expect([await step("received"), await step("computed here")]).toEqual([2, 3]);
});

it("a held model keeps its weights and its digest; while it is held its weights are read for the digest once", async () => {
  const base = await chatModel(await tinyFolder(bareHost()));
  const adapter = freshAdapter(base.decoder, lora({ rank: 2 }), random(1, "adapter").uniform);
  const model = base.with(adapter);
  const held = model.hold!();
  const before = await answersDigest(held);
  const reading = vi.spyOn(tf.Tensor.prototype, "data");
  expect([await answersDigest(held), await answersDigest(held.hold!())]).toEqual([before, before]);
  expect(reading).not.toHaveBeenCalled();
  reading.mockRestore();
  const [name, tensor] = [...adapter.tensors][0]!;
  adapter.tensors.set(name, tf.add(tensor, 1));
  expect(await answersDigest(held)).toBe(before);
  expect(await answersDigest(model)).not.toBe(before);
  const tensors = tf.memory().numTensors;
  held.release();
  expect(tensors - tf.memory().numTensors).toBe(adapter.tensors.size);
});
