/** Values that go to files and come back; models come back as themselves. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cache } from "../../../cells/cache/cache.ts";
import { keep, restored } from "../../../cells/cache/stored-values.ts";
import { freshAdapter } from "../../../cells/model/adapter.ts";
import { chatModel, type LocalModel } from "../../../cells/model/chat-model.ts";
import { lora } from "../../../cells/model/lora.ts";
import { merged } from "../../../cells/model/merge.ts";
import { random } from "../../../cells/random.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "../model/backend.ts";
import { tinyFolder } from "../model/tiny.ts";

let host: BareHost;
beforeAll(() => useBackend("wasm"));
beforeEach(() => {
  host = bareHost(3);
  return () => host.end();
});

const back = async (value: unknown): Promise<unknown> => {
  const { values, tensors } = await keep(new Map([["value", value]]));
  const written = { values: JSON.parse(JSON.stringify(values)), ...(tensors && { tensors: tensors.slice() }) };
  return (await restored(written)).get("value");
};

describe("what is kept", () => {
  it("is any data, as it was", async () => {
    const data = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(data, async (value) => {
        expect(await back(value)).toStrictEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it("is tensors, bit for bit, of every type, and variables as such", async () => {
    const bits = new Float32Array(new Uint32Array([0x7fc00001, 0x80000000, 1, 0xff800000, 0x3eaaaaab]).buffer);
    const all = { bits: tf.tensor(bits), none: tf.zeros([0, 3]), whole: tf.tensor([-1, 2 ** 31 - 1], [2, 1], "int32") };
    const kept = (await back({
      ...all,
      v: tf.variable(tf.tensor([true, false], [2], "bool"), false, "v"),
    })) as typeof all & {
      v: tf.Variable;
    };
    expect(new Uint32Array(kept.bits.dataSync().slice().buffer)).toEqual(
      new Uint32Array(all.bits.dataSync().slice().buffer),
    );
    expect([kept.none.shape, kept.whole.shape, kept.whole.dtype, ...kept.whole.dataSync()]).toEqual([
      [0, 3],
      [2, 1],
      "int32",
      -1,
      2 ** 31 - 1,
    ]);
    expect([kept.v instanceof tf.Variable, kept.v.trainable, kept.v.dtype, ...kept.v.dataSync()]).toEqual([
      true,
      false,
      "bool",
      1,
      0,
    ]);
  });

  it("is a base by its name, and an adapter on it by its tensors: they say what they said", async () => {
    const base = await chatModel(await tinyFolder(host));
    const draw = random(7, "adapter");
    const adapter = freshAdapter(base.decoder, lora({ rank: 3 }), draw.uniform);
    for (const [name, tensor] of adapter.tensors) adapter.tensors.set(name, tensor.add(tf.scalar(0.3)));
    const models = { base, tuned: base.with(adapter) };
    const prompts = [{ messages: [{ role: "user" as const, content: "hello" }] }];
    const words = async (model: LocalModel) => (await model.generate(prompts, { maxTokens: 8 }))[0]?.text;
    const kept = (await back(models)) as typeof models;
    expect([await words(kept.base), await words(kept.tuned)]).toEqual([await words(base), await words(models.tuned)]);
    expect(await words(base)).not.toBe(await words(models.tuned));
    expect(kept.tuned.decoder).toBe(kept.base.decoder);
    await expect(back(await merged(base, models.tuned))).rejects.toThrow(/value is a model that was made here/);
  });
});

it.each([
  [() => 1, "value is a function"],
  [{ a: [{ f() {} }] }, "value.a[0].f is a function"],
  [new (class Thing {})(), "value is a Thing"],
  [Promise.resolve(1), "value is a Promise"],
  [Symbol("s"), "value is a symbol"],
  [
    {
      get now() {
        return 1;
      },
    },
    "value.now is computed when it is asked for",
  ],
  [new Map([["k", /x/]]), "value.get(k) is a RegExp"],
])("refuses what no file can hold, by its name: %s", async (value, message) => {
  await expect(back(value)).rejects.toThrow(message);
});

it("keeps what stands under a registered symbol, and no other", async () => {
  const known = Symbol.for("palimpsest evaluated items");
  expect(await back({ a: 1, [known]: [2] })).toEqual({ a: 1, [known]: [2] });
  await expect(back({ [Symbol("own")]: 1 })).rejects.toThrow("value[Symbol(own)] is under a symbol");
});

it("a step with a cache computes once for its key, and again where the file is spoilt", async () => {
  let times = 0;
  const step = (key: unknown) =>
    cache("step", key, async () => {
      times += 1;
      return { times, tensor: tf.tensor([times]) };
    });
  const first = await step({ a: 1 });
  expect(await step({ a: 1 })).not.toBe(first);
  const again = await step({ a: 1 });
  expect([again.times, ...again.tensor.dataSync(), times]).toEqual([1, 1, 1]);
  await step({ a: 2 });
  expect(times).toBe(2);
  for (const [path, data] of host.files) if (path.endsWith(".json")) host.files.set(path, data.slice(0, 40));
  await step({ a: 1 });
  expect(times).toBe(3);
});
