/**
 * Lists, maps, sets and records (plain objects). A record may have keys that are registered symbols, `Symbol.for(…)`.
 */
import { type Code, type Codec, notCacheable } from "./codec.ts";

type ListNode = { readonly kind: "list"; readonly items: readonly Code[] };
type MapNode = { readonly kind: "map"; readonly entries: readonly (readonly [Code, Code])[] };
type SetNode = { readonly kind: "set"; readonly items: readonly Code[] };
/** A name in brackets is that of a registered symbol. */
type RecordKey = string | readonly [string];
/** `bare`: without a prototype. */
type RecordNode = {
  readonly kind: "record";
  readonly bare: boolean;
  readonly entries: readonly (readonly [RecordKey, Code])[];
};

export const lists: Codec<ListNode> = {
  kind: "list",
  encode: (value, path, { code }) =>
    Array.isArray(value)
      ? { kind: "list", items: Array.from(value, (item, index) => code(item, `${path}[${index}]`)) }
      : undefined,
  async decode({ items }, { begin, value }) {
    const list = begin<unknown[]>([]);
    for (const item of items) list.push(await value(item));
    return list;
  },
};

export const maps: Codec<MapNode> = {
  kind: "map",
  encode: (value, path, { code }) =>
    value instanceof Map
      ? {
          kind: "map",
          entries: [...value].map(([key, item]) => [
            code(key, `a key of ${path}`),
            code(item, `${path}.get(${Object(key) === key ? "…" : String(key)})`),
          ]),
        }
      : undefined,
  async decode({ entries }, { begin, value }) {
    const map = begin(new Map<unknown, unknown>());
    for (const [key, item] of entries) map.set(await value(key), await value(item));
    return map;
  },
};

export const sets: Codec<SetNode> = {
  kind: "set",
  encode: (value, path, { code }) =>
    value instanceof Set
      ? { kind: "set", items: [...value].map((item) => code(item, `an item of ${path}`)) }
      : undefined,
  async decode({ items }, { begin, value }) {
    const set = begin(new Set<unknown>());
    for (const item of items) set.add(await value(item));
    return set;
  },
};

export const records: Codec<RecordNode> = {
  kind: "record",
  encode(value, path, { code }) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return undefined;
    const entries = Reflect.ownKeys(value).map((key): readonly [RecordKey, Code] => {
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if (property.get) throw notCacheable(`${path}.${String(key)}`, "computed by a getter");
      return [recordKey(key, path), code(property.value, `${path}.${String(key)}`)];
    });
    return { kind: "record", bare: prototype === null, entries };
  },
  async decode({ bare, entries }, { begin, value }) {
    const record = begin<Record<string, unknown>>(bare ? Object.create(null) : {});
    for (const [key, item] of entries) {
      // Not an assignment, which would set the prototype for the key "__proto__".
      const property = { value: await value(item), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(record, typeof key === "string" ? key : Symbol.for(key[0]), property);
    }
    return record;
  },
};

/** Only registered symbols are the same symbols in another process. */
function recordKey(key: string | symbol, path: string): RecordKey {
  if (typeof key === "string") return key;
  const name = Symbol.keyFor(key);
  if (name === undefined) throw notCacheable(`${path}[${String(key)}]`, "the property of an unregistered symbol");
  return [name];
}
