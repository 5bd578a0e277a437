/**
 * Values as files: JSON for what they are, a safetensors file for their bytes. What can be kept is data (plain objects,
 * arrays, maps, sets, dates, bigints, typed arrays, shared and circular as they are), tensors, and models of ours: a base by
 * its name and digest, an adapter on it by its tensors. They come back bit for bit. Anything else does something that no
 * file can hold, and is refused by name.
 */
import * as tf from "@tensorflow/tfjs";
import { host } from "../host.ts";
import type { Adapter } from "../model/adapter.ts";
import { type BaseModel, chatModel, type LocalModel, originOf } from "../model/chat-model.ts";
import { type RawTensor, readRawTensors, writeRawTensors } from "../model/raw-tensors.ts";

/** `values` is JSON. `tensors` is a safetensors file, absent where there are no bytes. */
export type Kept = { readonly values: unknown; readonly tensors?: Uint8Array };

/** Why a value cannot be kept, in words for the user. */
export class Unkeepable extends Error {}

/** A value where it stands: JSON as it is, or what JSON lacks, or the number of a node. */
type Code =
  | string
  | number
  | boolean
  | null
  | readonly ["number" | "bigint" | "undefined" | "node", ...(string | number)[]];
type Node =
  | { readonly kind: "list"; readonly items: readonly Code[] }
  /** A name in brackets is that of a registered symbol. */
  | {
      readonly kind: "record";
      readonly bare: boolean;
      readonly entries: readonly (readonly [string | readonly [string], Code])[];
    }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Code, Code])[] }
  | { readonly kind: "set"; readonly items: readonly Code[] }
  | { readonly kind: "date"; readonly time: number | null }
  | { readonly kind: "bytes"; readonly type: BytesName; readonly at: string }
  | {
      readonly kind: "tensor";
      readonly dtype: "float32" | "int32" | "bool";
      readonly shape: readonly number[];
      readonly at: string;
      readonly variable?: { readonly name: string; readonly trainable: boolean };
    }
  | { readonly kind: "model"; readonly name: string; readonly digest: string; readonly adapter: Code };
type Values = { readonly nodes: readonly Node[]; readonly names: readonly (readonly [string, Code])[] };

const BYTES = {
  Float32Array: [Float32Array, "F32"],
  Float64Array: [Float64Array, "F64"],
  Int32Array: [Int32Array, "I32"],
  Uint32Array: [Uint32Array, "U32"],
  Int16Array: [Int16Array, "I16"],
  Uint16Array: [Uint16Array, "U16"],
  Int8Array: [Int8Array, "I8"],
  Uint8Array: [Uint8Array, "U8"],
  Uint8ClampedArray: [Uint8ClampedArray, "U8"],
  BigInt64Array: [BigInt64Array, "I64"],
  BigUint64Array: [BigUint64Array, "U64"],
  ArrayBuffer: [ArrayBuffer, "U8"],
} as const;
type BytesName = keyof typeof BYTES;
const TENSORS = { float32: "F32", int32: "I32", bool: "BOOL" } as const;

/** What values are at this moment; nothing that happens to them while they are read counts. @throws Unkeepable */
export async function keep(named: ReadonlyMap<string, unknown>): Promise<Kept> {
  const nodes: (Node | undefined)[] = [];
  const numbers = new Map<object, number>();
  const reading: Promise<[string, RawTensor]>[] = [];

  const bytes = (tensor: Promise<RawTensor>): string => {
    const at = `t${reading.length}`;
    reading.push(tensor.then((raw) => [at, raw]));
    return at;
  };
  const code = (value: unknown, path: string): Code => {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ["number", Object.is(value, -0) ? "-0" : `${value}`];
      case "bigint":
        return ["bigint", `${value}`];
      case "undefined":
        return ["undefined"];
      case "function":
        throw refused(path, "a function");
      case "symbol":
        throw refused(path, "a symbol");
      default:
        break;
    }
    if (typeof value !== "object" || value === null) return null;
    const known = numbers.get(value);
    if (known !== undefined) return ["node", known];
    const number = nodes.length;
    numbers.set(value, number);
    nodes.push(undefined);
    nodes[number] = node(value, path);
    return ["node", number];
  };
  const node = (value: object, path: string): Node => {
    if (value instanceof tf.Tensor) return tensorNode(value, path);
    const model = modelNode(value, path);
    if (model) return model;
    if (Array.isArray(value))
      return { kind: "list", items: Array.from(value, (each, at) => code(each, `${path}[${at}]`)) };
    if (value instanceof Map)
      return {
        kind: "map",
        entries: [...value].map(([key, each]) => [
          code(key, `a key of ${path}`),
          code(each, `${path}.get(${Object(key) === key ? "…" : String(key)})`),
        ]),
      };
    if (value instanceof Set) return { kind: "set", items: [...value].map((each) => code(each, `an item of ${path}`)) };
    if (value instanceof Date) return { kind: "date", time: Number.isNaN(value.getTime()) ? null : value.getTime() };
    const type = value.constructor?.name as BytesName;
    if (Object.hasOwn(BYTES, type) && value instanceof BYTES[type][0]) {
      const view = value instanceof ArrayBuffer ? new Uint8Array(value) : (value as Uint8Array);
      const copy = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
      return {
        kind: "bytes",
        type,
        at: bytes(Promise.resolve({ dtype: BYTES[type][1], shape: [view.length], bytes: copy })),
      };
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw refused(path, `a ${value.constructor?.name || "class instance"}`);
    const entries = Reflect.ownKeys(value).map((key): [string | readonly [string], Code] => {
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if (property.get) throw refused(`${path}.${String(key)}`, "computed when it is asked for");
      const name = typeof key === "string" ? key : registered(key, path);
      return [name, code(property.value, `${path}.${String(key)}`)];
    });
    return { kind: "record", bare: prototype === null, entries };
  };
  const tensorNode = (tensor: tf.Tensor, path: string): Node => {
    const { dtype, shape, isDisposed } = tensor;
    if (isDisposed) throw refused(path, "a tensor that was freed");
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") throw refused(path, `a tensor of ${dtype}`);
    const read = tensor.data().then(({ buffer, byteOffset, byteLength }): RawTensor => {
      return { dtype: TENSORS[dtype], shape, bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() };
    });
    const variable = tensor instanceof tf.Variable && { name: tensor.name, trainable: tensor.trainable };
    return { kind: "tensor", dtype, shape, at: bytes(read), ...(variable && { variable }) };
  };
  const modelNode = (value: object, path: string): Node | undefined => {
    if (!isModel(value)) return undefined;
    const name = originOf(value);
    if (name === undefined) throw refused(path, "a model that was made here, not loaded");
    const { digest, adapter } = value;
    return { kind: "model", name, digest, adapter: code(adapter, `${path}.adapter`) };
  };

  const names = [...named].map(([name, value]) => [name, code(value, name)] as const);
  const values: Values = { nodes: nodes as Node[], names };
  const tensors = new Map(await Promise.all(reading));
  return { values, ...(tensors.size > 0 && { tensors: writeRawTensors(tensors) }) };
}

/** The values again, made anew in the calling cell. @throws when files do not fit, or a model is another one by now. */
export async function restored({ values, tensors }: Kept): Promise<Map<string, unknown>> {
  const { nodes, names } = values as Values;
  const raw = tensors ? readRawTensors(tensors, "The cache") : new Map<string, RawTensor>();
  const made = new Map<number, unknown>();
  const bases = new Map<string, BaseModel>();

  const value = async (code: Code): Promise<unknown> => {
    if (!Array.isArray(code)) return code;
    const [kind, of = 0] = code as Extract<Code, readonly unknown[]>;
    if (kind === "undefined") return undefined;
    if (kind === "bigint") return BigInt(of);
    if (kind === "number") return Number(of);
    return node(Number(of));
  };
  const node = async (number: number): Promise<unknown> => {
    if (made.has(number)) return made.get(number);
    const it = nodes[number]!;
    // What can hold itself is there before what it holds.
    const begun = <T>(empty: T): T => {
      made.set(number, empty);
      return empty;
    };
    switch (it.kind) {
      case "list": {
        const list = begun<unknown[]>([]);
        for (const each of it.items) list.push(await value(each));
        return list;
      }
      case "record": {
        const record = begun<Record<string, unknown>>(it.bare ? Object.create(null) : {});
        for (const [name, each] of it.entries) {
          const own = { value: await value(each), writable: true, enumerable: true, configurable: true };
          Object.defineProperty(record, typeof name === "string" ? name : Symbol.for(name[0]), own);
        }
        return record;
      }
      case "map": {
        const map = begun(new Map<unknown, unknown>());
        for (const [key, each] of it.entries) map.set(await value(key), await value(each));
        return map;
      }
      case "set": {
        const set = begun(new Set<unknown>());
        for (const each of it.items) set.add(await value(each));
        return set;
      }
      case "date":
        return begun(new Date(it.time ?? Number.NaN));
      case "bytes": {
        const { buffer } = rawOf(it.at).bytes;
        return begun(it.type === "ArrayBuffer" ? buffer : new BYTES[it.type][0](buffer as ArrayBuffer));
      }
      case "tensor": {
        const { buffer } = rawOf(it.at).bytes;
        const flat =
          it.dtype === "float32"
            ? new Float32Array(buffer)
            : it.dtype === "int32"
              ? new Int32Array(buffer)
              : new Uint8Array(buffer);
        const tensor = tf.tensor(flat, [...it.shape], it.dtype);
        if (!it.variable) return begun(tensor);
        const { name, trainable } = it.variable;
        const taken = Object.hasOwn(tf.engine().registeredVariables, name);
        const variable = tf.variable(tensor, trainable, taken ? undefined : name);
        tensor.dispose();
        return begun(variable);
      }
      case "model": {
        const base = bases.get(it.name) ?? (await chatModel(it.name));
        bases.set(it.name, base);
        if (base.digest !== it.digest) throw new Error(`The model ${it.name} is another one by now.`);
        const adapter = (await value(it.adapter)) as Adapter | undefined;
        if (adapter) host().onDispose(() => tf.dispose([...adapter.tensors.values()]));
        return begun(adapter ? base.with(adapter) : base);
      }
    }
  };
  const rawOf = (at: string): RawTensor => {
    const found = raw.get(at);
    if (!found) throw new Error(`The cache lacks the tensor ${at}.`);
    return found;
  };

  const all = new Map<string, unknown>();
  for (const [name, code] of names) all.set(name, await value(code));
  return all;
}

/** Only a symbol that is registered is the same one again on another day. */
function registered(symbol: symbol, path: string): readonly [string] {
  const name = Symbol.keyFor(symbol);
  if (name === undefined) throw refused(`${path}[${String(symbol)}]`, "under a symbol");
  return [name];
}

function isModel(value: object): value is LocalModel {
  return "decoder" in value && "tokenizer" in value && "generate" in value && typeof value.generate === "function";
}

function refused(path: string, what: string): Unkeepable {
  return new Unkeepable(`${path} is ${what}. Data, tensors, and models and adapters of Palimpsest can be kept.`);
}
