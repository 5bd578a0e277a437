/**
 * Changes of what all cells and libraries share: globals, and the properties of JavaScript's own objects. What the kernel itself
 * needs is restored when it was replaced or removed. Anything else stays: a polyfill or a seeded `Math.random` may be wanted.
 * Either way the cell that was running is named, since nobody can see elsewhere where the change comes from.
 */

/** Objects all of whose properties the kernel and its libraries rely on, with those of their prototypes. */
const NEEDED =
  "Array ArrayBuffer Buffer Date Error Float32Array Float64Array Function Int32Array JSON Map Number Object Promise Proxy Reflect " +
  "RegExp Set SharedArrayBuffer String Symbol Uint8Array WeakMap WeakRef WeakSet FinalizationRegistry Atomics";
type Shared = {
  /** Empty for `globalThis`. */
  readonly name: string;
  readonly object: object;
  readonly needed: (key: string) => boolean;
  /** How the properties were when they were last looked at, and their names in the order that they have. */
  before: Values;
  names: readonly string[];
};
type Named = Omit<Shared, "before" | "names">;
/** Without a prototype. */
type Values = Record<string, unknown>;

// What was changed may be a function of the language itself, so this file uses copies, and syntax wherever it can.
const { getOwnPropertyNames, hasOwn, is, create } = Object;
const { getOwnPropertyDescriptor, defineProperty, get, apply } = Reflect;
const isEnumerable = Object.prototype.propertyIsEnumerable;

export class GlobalChanges {
  readonly #shared: readonly Shared[] = sharedObjects();

  /** Looks for changes since the last time, and restores what is needed. @returns a sentence for each */
  found(): string[] {
    const sentences: string[] = [];
    for (let at = 0; at < this.#shared.length; at += 1) lookAt(this.#shared[at]!, sentences);
    return sentences;
  }
}

function lookAt(shared: Shared, sentences: string[]): void {
  const { name, object, needed, before } = shared;
  if (isAsBefore(shared)) return;
  const now = valuesOf(shared);
  let changed = false;
  const note = (key: string): void => {
    changed = true;
    const path = name === "" ? key : `${name}.${key}`;
    const back = key in before && needed(key) && restored(object, key, before[key]);
    sentences[sentences.length] = back
      ? `${path} was changed while this cell ran. The kernel needs it, so it was restored.`
      : `${path} was changed while this cell ran. All cells and libraries see the change until the kernel restarts.`;
  };
  for (const key in now) if (!(key in before) || isOther(before[key], now[key])) note(key);
  for (const key in before) if (!(key in now)) note(key);
  if (changed) remember(shared);
}

function remember(shared: Shared): void {
  shared.before = valuesOf(shared);
  shared.names = getOwnPropertyNames(shared.object);
}

/** A quick look, which nearly always is all that is needed. */
function isAsBefore({ name, object, needed, names, before }: Shared): boolean {
  const keys = getOwnPropertyNames(object);
  if (keys.length !== names.length) return false;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at]!;
    if (key !== names[at]) return false;
    if (key[0] !== "_" && isOther(before[key], valueAt(object, key, name === "" && needed(key)))) return false;
  }
  return true;
}

/** Node replaces the accessor of a global that is loaded late by its value. */
function isOther(before: unknown, now: unknown): boolean {
  return !is(before, now) && before !== ACCESSOR;
}

function sharedObjects(): Shared[] {
  const all = (): boolean => true;
  const parts = NEEDED.split(" ").flatMap((name): Named[] => {
    const object: unknown = get(globalThis, name);
    if (!isObject(object)) return [];
    const prototype: unknown = get(object, "prototype");
    const own = { name, object, needed: all };
    return isObject(prototype) ? [own, { name: `${name}.prototype`, object: prototype, needed: all }] : [own];
  });
  const others: Named[] = [
    { name: "", object: globalThis, needed: (key) => NEEDED_GLOBALS[key] === true },
    { name: "console", object: console, needed: all },
    { name: "process", object: process, needed: (key) => NEEDED_OF_PROCESS[key] === true },
    { name: "Math", object: Math, needed: (key) => key !== "random" },
  ];
  return [...others, ...parts].map((each) => ({
    ...each,
    before: valuesOf(each),
    names: getOwnPropertyNames(each.object),
  }));
}

/** Names that begin with an underscore are Node's own. */
function valuesOf({ name, object, needed }: Named): Values {
  const values: Values = create(null);
  const keys = getOwnPropertyNames(object);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at]!;
    if (key[0] !== "_") values[key] = valueAt(object, key, name === "" && needed(key));
  }
  return values;
}

/** Stands for the value of an accessor: to ask for it might load a module. */
const ACCESSOR = Symbol("accessor");

/** @param ask whether to ask an accessor for its value */
function valueAt(object: object, key: string, ask: boolean): unknown {
  const property = getOwnPropertyDescriptor(object, key);
  return property && hasOwn(property, "value") ? property.value : ask ? get(object, key) : ACCESSOR;
}

function restored(object: object, key: string, value: unknown): boolean {
  if (value === ACCESSOR) return false;
  const enumerable = apply(isEnumerable, object, [key]);
  return defineProperty(object, key, { value, writable: true, configurable: true, enumerable });
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A set of words, as an object without a prototype. */
function wordsIn(text: string): Readonly<Record<string, true>> {
  const words: Record<string, true> = create(null);
  for (const word of text.split(/\s+/)) words[word] = true;
  return words;
}

/** Globals that the kernel and its libraries rely on. */
const NEEDED_GLOBALS = wordsIn(
  `${NEEDED} Math console process globalThis performance queueMicrotask structuredClone WebAssembly AbortController TextDecoder
  TextEncoder setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate`,
);
/** Properties of `process` that they rely on. */
const NEEDED_OF_PROCESS = wordsIn("nextTick hrtime memoryUsage cwd on off");
