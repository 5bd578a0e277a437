/** Values are restored from files as they were stored, models included. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cache } from "../../../cells/cache/cache.ts";
import { restoreValues, storeValues } from "../../../cells/cache/stored-values.ts";
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

const storedAndRestored = async (value: unknown): Promise<unknown> => {
  const { values, tensors } = await storeValues(new Map([["value", value]]));
  const written = { values: JSON.parse(JSON.stringify(values)), ...(tensors && { tensors: tensors.slice() }) };
  return (await restoreValues(written)).get("value");
};

describe("stored values", () => {
  it("are plain data of any shape", async () => {
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
        expect(await storedAndRestored(value)).toStrictEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it("are tensors of every type, bit for bit, and variables", async () => {
    const bits = new Float32Array(new Uint32Array([0x7fc00001, 0x80000000, 1, 0xff800000, 0x3eaaaaab]).buffer);
    const all = {
      bits: tf.tensor(bits),
      none: tf.zeros([0, 3]),
      integers: tf.tensor([-1, 2 ** 31 - 1], [2, 1], "int32"),
    };
    const restored = (await storedAndRestored({
      ...all,
      v: tf.variable(tf.tensor([true, false], [2], "bool"), false, "v"),
    })) as typeof all & {
      v: tf.Variable;
    };
    expect(new Uint32Array(restored.bits.dataSync().slice().buffer)).toEqual(
      new Uint32Array(all.bits.dataSync().slice().buffer),
    );
    expect([
      restored.none.shape,
      restored.integers.shape,
      restored.integers.dtype,
      ...restored.integers.dataSync(),
    ]).toEqual([[0, 3], [2, 1], "int32", -1, 2 ** 31 - 1]);
    expect([
      restored.v instanceof tf.Variable,
      restored.v.trainable,
      restored.v.dtype,
      ...restored.v.dataSync(),
    ]).toEqual([true, false, "bool", 1, 0]);
  });

  it("are bases by name and adapters by their tensors, and give the same answers", async () => {
    const base = await chatModel(await tinyFolder(host));
    const draw = random(7, "adapter");
    const adapter = freshAdapter(base.decoder, lora({ rank: 3 }), draw.uniform);
    for (const [name, tensor] of adapter.tensors) adapter.tensors.set(name, tensor.add(tf.scalar(0.3)));
    const models = { base, tuned: base.with(adapter) };
    const prompts = [{ messages: [{ role: "user" as const, content: "hello" }] }];
    const words = async (model: LocalModel) => (await model.generate(prompts, { maxTokens: 8 }))[0]?.text;
    const restored = (await storedAndRestored(models)) as typeof models;
    expect([await words(restored.base), await words(restored.tuned)]).toEqual([
      await words(base),
      await words(models.tuned),
    ]);
    expect(await words(base)).not.toBe(await words(models.tuned));
    expect(restored.tuned.decoder).toBe(restored.base.decoder);
    await expect(storedAndRestored(await merged(base, models.tuned))).rejects.toThrow(
      /value is a model that was made in memory, not loaded/,
    );
  });
});

it("have the file format that existing caches have", async () => {
  const shared = { minus: -0, infinite: Number.POSITIVE_INFINITY, big: 7n, none: undefined, nothing: null };
  const value = {
    list: [1, "two", true, shared],
    map: new Map([[shared, new Set(["x"])]]),
    date: new Date(5),
    bytes: Uint8Array.of(1, 2),
    tensor: tf.tensor([1, 2], [2, 1]),
    [Symbol.for("mark")]: Object.create(null),
  };
  const { values } = await storeValues(new Map([["value", value]]));
  expect(JSON.stringify(values)).toBe(
    '{"nodes":[{"kind":"record","bare":false,"entries":[["list",["node",1]],["map",["node",3]],["date",["node",5]],' +
      '["bytes",["node",6]],["tensor",["node",7]],[["mark"],["node",8]]]},' +
      '{"kind":"list","items":[1,"two",true,["node",2]]},' +
      '{"kind":"record","bare":false,"entries":[["minus",["number","-0"]],["infinite",["number","Infinity"]],' +
      '["big",["bigint","7"]],["none",["undefined"]],["nothing",null]]},' +
      '{"kind":"map","entries":[[["node",2],["node",4]]]},{"kind":"set","items":["x"]},{"kind":"date","time":5},' +
      '{"kind":"bytes","type":"Uint8Array","at":"t0"},{"kind":"tensor","dtype":"float32","shape":[2,1],"at":"t1"},' +
      '{"kind":"record","bare":true,"entries":[]}],"names":[["value",["node",0]]]}',
  );
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
    "value.now is computed by a getter",
  ],
  [new Map([["k", /x/]]), "value.get(k) is a RegExp"],
])("rejects values that cannot be stored, with their path: %s", async (value, message) => {
  await expect(storedAndRestored(value)).rejects.toThrow(message);
});

it("stores properties of registered symbols, and rejects those of other symbols", async () => {
  const known = Symbol.for("palimpsest evaluated items");
  expect(await storedAndRestored({ a: 1, [known]: [2] })).toEqual({ a: 1, [known]: [2] });
  await expect(storedAndRestored({ [Symbol("own")]: 1 })).rejects.toThrow(
    "value[Symbol(own)] is the property of an unregistered symbol",
  );
});

it("a cached step computes once per key, and again if the file is damaged", async () => {
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
