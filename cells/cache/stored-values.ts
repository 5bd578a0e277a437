/**
 * Stores values in files and restores them bit for bit: plain data (shared and circular objects as they are), tensors,
 * and models of Palimpsest. Each kind of object has a codec; what no codec accepts, such as a function, cannot be
 * stored.
 */
import { type RawTensor, readRawTensors, writeRawTensors } from "../model/safetensors.ts";
import { byteArrays } from "./byte-arrays.ts";
import { type Code, type Codec, type Decoder, type Encoder, notCacheable } from "./codec.ts";
import { lists, maps, records, sets } from "./collections.ts";
import { dates } from "./dates.ts";
import { models } from "./models.ts";
import { decode, encodePrimitive } from "./primitives.ts";
import { tensors } from "./tensors.ts";

/** `values` is JSON. `tensors` is a safetensors file; undefined if there are no bytes. */
export type StoredValues = { readonly values: unknown; readonly tensors?: Uint8Array };

/** Records are last: they accept any object without a class. */
const registry = () => [tensors, models(), lists, maps, sets, dates, byteArrays, records] as const;
type Node = Parameters<ReturnType<typeof registry>[number]["decode"]>[0];
type Values = { readonly nodes: readonly Node[]; readonly names: readonly (readonly [string, Code])[] };

/** Stores named values as they are at the moment of the call; later changes have no effect. @throws NotCacheable */
export async function storeValues(named: ReadonlyMap<string, unknown>): Promise<StoredValues> {
  const codecs = registry();
  const nodes: (Node | undefined)[] = [];
  const numbers = new Map<object, number>();
  const reading: Promise<[string, RawTensor]>[] = [];
  const encoder: Encoder = {
    code(value, path) {
      const primitive = encodePrimitive(value, path);
      if (primitive !== undefined) return primitive;
      const object = value as object;
      const known = numbers.get(object);
      if (known !== undefined) return ["node", known];
      const number = nodes.length;
      numbers.set(object, number);
      // The object's own number comes before those of its contents.
      nodes.push(undefined);
      nodes[number] = encodeObject(object, path);
      return ["node", number];
    },
    addTensor(tensor) {
      const name = `t${reading.length}`;
      reading.push(Promise.resolve(tensor).then((raw) => [name, raw]));
      return name;
    },
  };
  const encodeObject = (object: object, path: string): Node => {
    for (const codec of codecs) {
      const node = codec.encode(object, path, encoder);
      if (node) return node;
    }
    throw notCacheable(path, `a ${object.constructor?.name || "class instance"}`);
  };

  const names = [...named].map(([name, value]) => [name, encoder.code(value, name)] as const);
  const values: Values = { nodes: nodes as Node[], names };
  const read = new Map(await Promise.all(reading));
  return { values, ...(read.size > 0 && { tensors: writeRawTensors(read) }) };
}

/**
 * Restores stored values in the calling cell.
 * @throws if the files do not fit together, or a model has changed since
 */
export async function restoreValues({ values, tensors }: StoredValues): Promise<Map<string, unknown>> {
  const { nodes, names } = values as Values;
  const codecs = new Map<string, Codec<Node>>(registry().map((codec) => [codec.kind, codec as Codec<Node>]));
  const raw = tensors ? readRawTensors(tensors, "The cache") : new Map<string, RawTensor>();
  const restored = new Map<number, unknown>();
  const restoreObject = async (number: number): Promise<unknown> => {
    if (restored.has(number)) return restored.get(number);
    const node = nodes[number]!;
    const decoder: Decoder = {
      value: async (code) => decode(code, restoreObject),
      tensor(name) {
        const tensor = raw.get(name);
        if (!tensor) throw new Error(`The tensor ${name} is missing in the cache file.`);
        return tensor;
      },
      begin(object) {
        restored.set(number, object);
        return object;
      },
    };
    const object = await codecs.get(node.kind)!.decode(node, decoder);
    restored.set(number, object);
    return object;
  };

  const all = new Map<string, unknown>();
  for (const [name, code] of names) all.set(name, await decode(code, restoreObject));
  return all;
}
