/**
 * The cache on disk: `.palimpsest/cache/<snapshot>/seed-<n>.json`, and beside it the tensors in a `.safetensors` file. The key
 * is the snapshot (code, inputs, project files, parents) and the seed. The backend is not part of it, so a result is
 * restored bit for bit on another backend, too. A file that is damaged or was changed by others counts as missing.
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Shown } from "../events.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { SessionState } from "../state/state.ts";
import { readRegularFile } from "./read-file.ts";
import { shown } from "./schema/events.ts";

/** Only the kernel reads `values`. */
export type CachedResult = {
  readonly format: 1;
  readonly shown: Shown;
  readonly values: unknown;
  /** Describes the file of tensors; absent if there are no tensors. */
  readonly tensors?: { readonly bytes: number; readonly sha256: string };
};

const cachedResult: v.GenericSchema<unknown, CachedResult> = v.object({
  format: v.literal(1),
  shown,
  values: v.unknown(),
  tensors: v.optional(v.object({ bytes: v.number(), sha256: v.string() })),
});
const cacheFile = v.object({ check: v.string(), cache: v.unknown() });

/** The path without the file extension. */
export function cachePath(workspace: string, snapshot: string, seed: number): string {
  return join(workspace, ".palimpsest", "cache", snapshot, `seed-${seed}`);
}

/** The text of a cache file: the result with its checksum. */
export function sealed(cache: CachedResult): string {
  return `${JSON.stringify({ check: sha256(JSON.stringify(cache)), cache })}\n`;
}

/** @returns undefined if there is no cached result, or if it is damaged */
export async function readCached(path: string): Promise<CachedResult | undefined> {
  try {
    const file = v.parse(
      cacheFile,
      JSON.parse((await readRegularFile(`${path}.json`, { most: 500e6 })).toString("utf8")),
    );
    if (file.check !== sha256(JSON.stringify(file.cache))) return undefined;
    const { tensors, ...result } = v.parse(cachedResult, file.cache);
    if (tensors && (await stat(`${path}.safetensors`)).size !== tensors.bytes) return undefined;
    return { ...result, ...(tensors && { tensors }) };
  } catch {
    return undefined;
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Looks for cached results of the cells with the option `cache`, once for each snapshot. */
export class CacheLookup {
  readonly #workspace: string;
  readonly #seed: number;
  readonly #lookedFor = new Map<CellId, string>();
  /** The cells of the last call. */
  #lastCells: SessionState["cells"] = [];

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#seed = seed;
  }

  async found(
    state: SessionState,
  ): Promise<{ readonly cell: CellId; readonly snapshot: string; readonly shown: Shown }[]> {
    const before = this.#lastCells;
    this.#lastCells = state.cells;
    const changed = state.cells.filter((cell, place) => cell !== before[place]);
    const toRead = changed.flatMap(({ cell, snapshot, cache, analysis }) => {
      if (
        !analysis ||
        !flagged(cell, "cache") ||
        (cache.kind === "stored" && cache.snapshot === snapshot) ||
        this.#lookedFor.get(cell.id) === snapshot
      )
        return [];
      this.#lookedFor.set(cell.id, snapshot);
      return [{ cell: cell.id, snapshot }];
    });
    const found = await Promise.all(
      toRead.map(async ({ cell, snapshot }) => {
        const cache = await readCached(cachePath(this.#workspace, snapshot, this.#seed));
        return cache ? [{ cell, snapshot, shown: cache.shown }] : [];
      }),
    );
    return found.flat();
  }
}
