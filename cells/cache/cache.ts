/**
 * Caches the result of an expensive step on disk; it survives restarts. The step itself gives the key, which must contain
 * everything that the result depends on, beyond the code and the backend that compute it; the notebook's seed is in it only if the
 * step adds it. Tensors are restored bit for bit. A file that is missing, incomplete, modified, or written by another machine
 * counts as not cached.
 */
import * as tf from "@tensorflow/tfjs";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { restoreValues, storeValues } from "./stored-values.ts";

/**
 * Who makes the result. What is `computed here` depends on Palimpsest's code and on the backend as well; what was `received`, such as
 * the answer of a service, depends on its key alone.
 */
export type Origin = "computed here" | "received";

/**
 * The cached result of a step, or `compute()` if there is none.
 * @param step names the files: `.palimpsest/cache/<digest of step and key>/<step>.json`, and `.safetensors` for bytes
 * @param key JSON
 * @throws NotCacheable if `compute` returns something that cannot be stored in a file
 */
export async function cache<T>(
  step: string,
  key: unknown,
  compute: () => Promise<T>,
  origin: Origin = "computed here",
): Promise<T> {
  const entry = await cacheEntry<T>(step, key, origin);
  const cached = await entry.read();
  if (cached) return cached.result;
  const result = await compute();
  await entry.write(result);
  return result;
}

/** The place of one result, for a step that stores parts of it while it works. */
export type CacheEntry<T> = {
  /** @returns undefined if nothing is stored that can be used */
  readonly read: () => Promise<{ readonly result: T } | undefined>;
  /** @throws NotCacheable */
  readonly write: (result: T) => Promise<void>;
};

/** Parameters as for `cache`. */
export async function cacheEntry<T>(
  step: string,
  key: unknown,
  origin: Origin = "computed here",
): Promise<CacheEntry<T>> {
  const maker = origin === "received" ? [] : [{ code: host().version, backend: tf.getBackend() }];
  const name = `${await sha256(JSON.stringify([step, key, ...maker]))}/${step}`;
  return {
    read: async () => {
      const named = await read(name);
      // Files with this key were written with a T.
      return named && { result: named.get("result") as T };
    },
    write: (result) => write(name, new Map([["result", result]])),
  };
}

const tensorFile = (name: string): string => `.palimpsest/cache/${name}.safetensors`;

async function write(name: string, named: ReadonlyMap<string, unknown>): Promise<void> {
  const { values, tensors } = await storeValues(named);
  if (tensors) await host().writeFile(tensorFile(name), tensors);
  await host().storeResult(name, JSON.stringify({ values, ...(tensors && { tensors: await sha256(tensors) }) }));
}

async function read(name: string): Promise<Map<string, unknown> | undefined> {
  try {
    const text = await host().storedResult(name);
    if (text === undefined) return undefined;
    const { values, tensors: digest } = JSON.parse(text) as { values: unknown; tensors?: string };
    if (digest === undefined) return await restoreValues({ values });
    const tensors = await host().readFile(tensorFile(name));
    return (await sha256(tensors)) === digest ? await restoreValues({ values, tensors }) : undefined;
  } catch {
    return undefined;
  }
}
