/**
 * Results of many items, each under a name that says all that decides it, in one file. A step that works for hours adds its results
 * as they come: after an interruption it goes on where it was, and an item that is new costs only itself. Cells that work with the
 * same shelf share it; of another kernel's results none is lost, since a save keeps what it finds in the file.
 */
import { host } from "../host.ts";
import { type CacheEntry, cacheEntry } from "./cache.ts";

/** The shortest time between two saves. A slow disk, or a large file, is saved less often. */
const SAVE_MS = 2_000;
const LOAD_TO_PAUSE = 20;

export class Shelf<T> {
  readonly #entry: CacheEntry<ReadonlyMap<string, T>>;
  readonly #items = new Map<string, T>();
  #isSaved = true;
  #saveAfter = 0;
  #saving: Promise<void> = Promise.resolve();

  private constructor(entry: CacheEntry<ReadonlyMap<string, T>>) {
    this.#entry = entry;
  }

  static async opened<T>(entry: CacheEntry<ReadonlyMap<string, T>>): Promise<Shelf<T>> {
    const shelf = new Shelf<T>(entry);
    await shelf.#merge();
    return shelf;
  }

  get(item: string): T | undefined {
    return this.#items.get(item);
  }

  /** Saves now and then; call `save` at the end. */
  add(item: string, result: T): void {
    if (this.#isSaved) this.#saveAfter = Math.max(this.#saveAfter, performance.now() + SAVE_MS);
    this.#items.set(item, result);
    this.#isSaved = false;
    // A disk that is full does not stop the work; the last save says it.
    if (performance.now() > this.#saveAfter) void this.save().catch(() => undefined);
  }

  /** Resolves when all that was added is in the file. One save after the other: the last one has all items. */
  save(): Promise<void> {
    this.#saveAfter = Number.POSITIVE_INFINITY;
    const saved = this.#saving.then(() => this.#write());
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #write(): Promise<void> {
    const started = performance.now();
    const wasSaved = this.#isSaved;
    this.#isSaved = true;
    try {
      if (wasSaved) return;
      await this.#merge();
      await this.#entry.write(new Map(this.#items));
    } catch (error) {
      this.#isSaved = false;
      throw error;
    } finally {
      this.#saveAfter = performance.now() + Math.max(SAVE_MS, LOAD_TO_PAUSE * (performance.now() - started));
    }
  }

  async #merge(): Promise<void> {
    const stored = await this.#entry.read();
    for (const [item, result] of stored?.result ?? []) if (!this.#items.has(item)) this.#items.set(item, result);
  }
}

type Open = { readonly shelf: Promise<Shelf<unknown>>; users: number };

const open = new WeakMap<object, Map<string, Open>>();

/**
 * Works with a shelf, and saves it at the end. Work that goes on at the same time shares it.
 * @param key all that the items have in common and that decides their results. JSON
 */
export async function withShelf<T, R>(step: string, key: unknown, work: (shelf: Shelf<T>) => Promise<R>): Promise<R> {
  const here = open.get(host()) ?? new Map<string, Open>();
  open.set(host(), here);
  const name = JSON.stringify([step, key]);
  const used = here.get(name) ?? { shelf: opened(step, key), users: 0 };
  here.set(name, used);
  used.users += 1;
  try {
    // A shelf holds what was added under its name, and only results of this type are.
    const shelf = (await used.shelf) as Shelf<T>;
    let result: R;
    try {
      result = await work(shelf);
    } catch (error) {
      // What was done is there for the next one, here or after a restart.
      await shelf.save().catch(() => undefined);
      throw error;
    }
    await shelf.save();
    return result;
  } finally {
    used.users -= 1;
    if (used.users === 0) here.delete(name);
  }
}

async function opened(step: string, key: unknown): Promise<Shelf<unknown>> {
  return Shelf.opened(await cacheEntry<ReadonlyMap<string, unknown>>(step, key));
}
