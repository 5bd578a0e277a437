/**
 * Async contexts for an engine without them. A context is what was current when a callback was given: to a promise, a timer or the
 * queue of microtasks. Each callback runs in the context that it was given in. That is enough for our own code, whose async functions
 * the bundle turns into generators that wait with `then`. An engine's own `await` does not call `then`, so code of cells, which is
 * compiled in the page, gets calls that restore its context after each `await` (`twins/contexts.ts`).
 */

/** Values by their storage. Never changed, only replaced. */
type Context = ReadonlyMap<object, unknown>;
type Callback = (...given: never[]) => unknown;

const NONE: Context = new Map();
let current: Context = NONE;

export function contextNow(): Context {
  return current;
}

export function restore(context: Context): void {
  current = context;
}

export function runIn<T>(context: Context, work: () => T): T {
  const before = current;
  current = context;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** For what comes from outside: a message belongs to no cell. */
export function runInNone<T>(work: () => T): T {
  return runIn(NONE, work);
}

/** A callback that runs in the present context. What is no function stays as it is. */
function bound<T>(callback: T): T {
  if (typeof callback !== "function") return callback;
  const context = current;
  const call = callback as unknown as Callback;
  return function (this: unknown, ...given: never[]) {
    const before = current;
    current = context;
    try {
      return call.apply(this, given);
    } finally {
      current = before;
    }
  } as T;
}

export class AsyncLocalStorage<T> {
  getStore(): T | undefined {
    return current.get(this) as T | undefined;
  }

  run<R>(store: T, work: () => R): R {
    return runIn(new Map([...current, [this, store]]), work);
  }

  exit<R>(work: () => R): R {
    const others = [...current].filter(([storage]) => storage !== this);
    return runIn(new Map(others), work);
  }
}

/** A timer as Node has it: an object that may be told not to keep a process alive, which here means nothing. */
class Timer {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }
}

/** Makes promises, timers and microtasks of this worker keep contexts. Called once, before anything else runs. */
export function keepContexts(): void {
  const { prototype } = Promise;
  const { then } = prototype;
  Reflect.set(prototype, "then", function (this: Promise<unknown>, done: unknown, failed: unknown) {
    return Reflect.apply(then, this, [bound(done), bound(failed)]);
  });
  const queue = globalThis.queueMicrotask.bind(globalThis);
  const Plain = Promise;
  const resolve = Plain.resolve.bind(Plain);
  // The engine would call `then` of an object that is no promise in the context of whatever ran last.
  const later = (value: unknown): unknown => {
    if (value instanceof Promise || !isThenable(value)) return value;
    return new Plain<unknown>((done, failed) => queue(bound(() => void value.then(done, failed))));
  };
  Reflect.set(Promise, "resolve", (value: unknown) => resolve(later(value)));
  type Executor = (done: (value: unknown) => void, failed: (reason: unknown) => void) => void;
  globalThis.Promise = new Proxy(Plain, {
    construct: (target, [executor]: [Executor], maker) =>
      Reflect.construct(
        target,
        [
          (done: (value: unknown) => void, failed: (reason: unknown) => void) =>
            executor((value) => done(later(value)), failed),
        ],
        maker,
      ),
  });
  const turns = new MessageChannel();
  const waiting: (() => void)[] = [];
  turns.port1.onmessage = () => waiting.shift()?.();
  for (const kind of ["Timeout", "Interval"] as const) {
    const [set, clear] = [`set${kind}`, `clear${kind}`] as const;
    const [plainSet, plainClear] = [globalThis[set].bind(globalThis), globalThis[clear].bind(globalThis)];
    Reflect.set(globalThis, set, (callback: () => void, ms?: number, ...rest: unknown[]) => {
      const bare = bound(callback);
      const id: unknown = plainSet(() => runInNone(() => Reflect.apply(bare, undefined, rest)), ms);
      return new Timer(Number(id));
    });
    Reflect.set(globalThis, clear, (timer: Timer | number | undefined) =>
      plainClear(timer instanceof Timer ? timer.id : timer),
    );
  }
  Object.assign(globalThis, {
    queueMicrotask: (callback: () => void) => queue(bound(callback)),
    // A browser has none. A message is the next task at once, where a timer would wait for some milliseconds.
    setImmediate: (callback: (...given: unknown[]) => void, ...rest: unknown[]) => {
      const bare = bound(callback);
      waiting.push(() => runInNone(() => Reflect.apply(bare, undefined, rest)));
      turns.port2.postMessage(undefined);
    },
    ...CALLS,
    $$later: later,
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

type Went = { readonly context: Context } & ({ readonly value: unknown } | { readonly thrown: unknown });

/** Waits for a value without throwing, so that the context can be restored first. */
function waitFor(value: unknown): Promise<Went> {
  const context = current;
  return Promise.resolve(value).then(
    (done) => ({ context, value: done }),
    (thrown: unknown) => ({ context, thrown }),
  );
}

function went(waited: Went): unknown {
  current = waited.context;
  if ("thrown" in waited) throw waited.thrown;
  return waited.value;
}

/** What compiled code of cells calls; see `twins/contexts.ts`. */
export const CALLS = { $$wait: waitFor, $$went: went, $$now: contextNow, $$back: restored } as const;

/** @returns the value, in a context that is restored */
function restored<T>(context: Context, value: T): T {
  current = context;
  return value;
}
