/**
 * Reduces any value to plain data that the inspector can draw. It never runs code of the value (getters are not called) and never
 * follows a cycle. The result stays small for any value; `length` and `size` say how much there is in all.
 */
import type { Inspected } from "../output.ts";

const depthLimit = 5;
const itemLimit = 100;
const textLimit = 2000;
/** Maximum number of parts of one output. */
const partLimit = 1000;

export function inspect(value: unknown): Inspected {
  let parts = partLimit;

  const reduce = (value: unknown, above: readonly object[]): Inspected => {
    parts -= 1;
    if (typeof value === "function") return { kind: "function", name: value.name };
    if (typeof value !== "object" || value === null) return primitive(value);
    const summary = summaryOf(value);
    if (summary !== undefined) return { kind: "opaque", text: summary };
    if (above.includes(value)) return { kind: "opaque", text: "[circular]" };
    const list = items(value);
    const name = nameOf(value);
    const isDeep = above.length >= depthLimit || parts <= 0;
    const inside = [...above, value];
    if (list) {
      if (isDeep) return { kind: "opaque", text: `${name}(${list.length})` };
      const shown = cut(list.length, (i) => reduce(list.at(i), inside));
      return { kind: "list", name, length: list.length, items: shown };
    }
    const entries = fields(value);
    if (isDeep) return { kind: "opaque", text: `${name} {…}` };
    const shown = cut(entries.length, (i) => {
      const [key, field] = entries[i]!;
      return [
        key,
        field instanceof Hidden ? ({ kind: "opaque", text: "(…)" } as const) : reduce(field, inside),
      ] as const;
    });
    return { kind: "record", name, size: entries.length, entries: shown };
  };

  const cut = <T>(length: number, part: (i: number) => T): T[] => {
    const shown: T[] = [];
    for (let i = 0; i < Math.min(length, itemLimit) && parts > 0; i += 1) shown.push(part(i));
    return shown;
  };

  return reduce(value, []);
}

/** Stands for the value of a getter, which is not called. */
class Hidden {}

type List = { readonly length: number; at(i: number): unknown };

function items(value: object): List | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  if (!ArrayBuffer.isView(value)) return undefined;
  const numbers = value instanceof DataView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
  return numbers as ArrayBufferView & List;
}

function fields(value: object): (readonly [string, unknown])[] {
  if (value instanceof Map)
    return [...value].map(([key, field]) => [typeof key === "string" ? key : cutText(label(key)), field]);
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, descriptor]) => descriptor.enumerable)
    .map(([key, descriptor]) => [key, "value" in descriptor ? descriptor.value : new Hidden()]);
}

function primitive(value: unknown): Inspected {
  const type = value === null ? "null" : typeof value;
  if (type === "object" || type === "function") return { kind: "opaque", text: type };
  const text = Object.is(value, -0) ? "-0" : typeof value === "bigint" ? `${value}n` : label(value);
  return { kind: "primitive", type, text: cutText(text) };
}

/** The text for objects that are shown as a whole; undefined for all others. */
function summaryOf(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return cutText(String(value));
  if (value instanceof Error) return cutText(`${value.name}: ${value.message}`);
  if (value instanceof Promise) return "Promise";
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return value.constructor.name;
  if (value instanceof ArrayBuffer) return `ArrayBuffer, ${value.byteLength} bytes`;
  if (isTensor(value)) return tensorText(value);
  if ("generate" in value && "digest" in value && "name" in value) return `Chat model ${label(value.name)}`;
  return undefined;
}

type TensorLike = { readonly dtype: string; readonly shape: readonly number[]; readonly isDisposed?: boolean };

/** Recognises tensors by their fields, so that showing a number does not load tfjs. */
function isTensor(value: object): value is TensorLike {
  return "dataId" in value && "dtype" in value && "shape" in value && Array.isArray(value.shape);
}

function tensorText(tensor: TensorLike): string {
  const size = tensor.shape.reduce((product, each) => product * each, 1);
  const bytes = size * (tensor.dtype === "bool" ? 1 : tensor.dtype === "complex64" ? 8 : 4);
  const end = tensor.isDisposed ? "freed" : `${bytes.toLocaleString("en")} bytes`;
  return `Tensor ${tensor.dtype} [${tensor.shape.join(", ")}], ${end}`;
}

function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return "Object";
  const madeBy: unknown = Reflect.get(Object(prototype), "constructor");
  return typeof madeBy === "function" && madeBy.name !== "" ? madeBy.name : "Object";
}

const label = (value: unknown): string => (typeof value === "object" && value !== null ? nameOf(value) : String(value));
const cutText = (text: string): string =>
  text.length > textLimit ? `${text.slice(0, textLimit)}… (${text.length} characters)` : text;
