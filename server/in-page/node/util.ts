/** `node:util` in a page, for the functions that our code uses. */

type InspectOptions = { readonly depth?: number };

/** Characters of a text inside of a value. */
const LONGEST = 2_000;
/** Entries of a list or an object. */
const ENTRIES = 100;

/** A value as text, as a console shows it. */
export function inspect(value: unknown, { depth = 2 }: InspectOptions = {}): string {
  return shown(value, depth, new Set());
}

function shown(value: unknown, depth: number, above: ReadonlySet<unknown>): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[Function: ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (above.has(value)) return "[Circular]";
  if (value instanceof Error) return value.stack ?? String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const kind = value.constructor?.name ?? "Object";
  if (depth < 0) return Array.isArray(value) ? "[Array]" : `[${kind}]`;
  const inside = new Set([...above, value]);
  const each = (item: unknown): string => shown(item, depth - 1, inside);
  if (Array.isArray(value)) return `[${limited(value, each)}]`;
  if (ArrayBuffer.isView(value) && "length" in value)
    return `${kind}(${value.length}) [${limited(Array.from(value as unknown as ArrayLike<unknown>), each)}]`;
  if (value instanceof Map)
    return `Map(${value.size}) {${limited([...value], ([key, held]) => `${each(key)} => ${each(held)}`)}}`;
  if (value instanceof Set) return `Set(${value.size}) {${limited([...value], each)}}`;
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(([, found]) => found.enumerable);
  const text = limited(properties, ([name, { get, value: held }]) => {
    const key = /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
    return `${key}: ${get ? "[Getter]" : each(held)}`;
  });
  return `${kind === "Object" ? "" : `${kind} `}{${text}}`;
}

function limited<T>(items: readonly T[], text: (item: T) => string): string {
  if (items.length === 0) return "";
  const more = items.length > ENTRIES ? [`… ${items.length - ENTRIES} more`] : [];
  return ` ${[...items.slice(0, ENTRIES).map(text), ...more].join(", ")} `;
}

/** What a call of the console prints. */
export function format(...given: unknown[]): string {
  return given.map((each) => (typeof each === "string" ? each : inspect(each, { depth: 4 }))).join(" ");
}

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [ours, theirs] = [Object.entries(a), Object.entries(b)];
  return (
    ours.length === theirs.length &&
    ours.every(([name, value]) => Object.hasOwn(b, name) && isDeepStrictEqual(value, Reflect.get(b, name)))
  );
}

type Callback = (error: unknown, value?: unknown) => void;

export function promisify(work: (...given: never[]) => void): (...given: unknown[]) => Promise<unknown> {
  return (...given) =>
    new Promise((resolve, reject) => {
      const done: Callback = (error, value) => (error ? reject(error) : resolve(value));
      Reflect.apply(work, undefined, [...given, done]);
    });
}
