/**
 * The cache on disk: `.palimpsest/cache/<snapshot>/seed-<n>.json`, and beside it the tensors in a `.safetensors` file. The key
 * is the snapshot (code, inputs, project files, parents) and the seed. The file also says what else the result depends on
 * (`dependencies.ts`), and is signed with the key of this machine: what came from elsewhere, or was changed, is neither shown
 * nor used. A file that is damaged counts as missing.
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { SessionEvent, Shown } from "../events.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { SessionState } from "../state/state.ts";
import { changeSince, type Dependencies, dependencies } from "./dependencies.ts";
import { isSignedBy, machineKey, signature } from "./machine-key.ts";
import { ownVersion } from "./own-version.ts";
import { readRegularFile } from "./read-file.ts";
import { shown } from "./schema/events.ts";

/** What a result is the result of. */
export type CacheEntry = { readonly workspace: string; readonly snapshot: string; readonly seed: number };

/** Only the kernel reads `values`. */
export type CachedResult = {
  readonly format: 2;
  readonly depends: Dependencies;
  readonly shown: Shown;
  readonly values: unknown;
  /** Describes the file of tensors; absent if there are no tensors. */
  readonly tensors?: { readonly bytes: number; readonly sha256: string };
};

/** `foreign`: this machine did not write it as it is. */
export type Found =
  | { readonly kind: "none" }
  | { readonly kind: "foreign" }
  | { readonly kind: "own"; readonly result: CachedResult };

const cachedResult: v.GenericSchema<unknown, CachedResult> = v.object({
  format: v.literal(2),
  depends: dependencies,
  shown,
  values: v.unknown(),
  tensors: v.optional(v.object({ bytes: v.number(), sha256: v.string() })),
});
const cacheFile = v.object({ signature: v.string(), cache: v.looseObject({ format: v.literal(2) }) });

/** JavaScript has no longer strings. */
const MOST_BYTES = 2 ** 29 - 25;

/** The path without the file extension. */
export function cachePath({ workspace, snapshot, seed }: CacheEntry): string {
  return join(workspace, ".palimpsest", "cache", snapshot, `seed-${seed}`);
}

/** The text of a cache file: the result with its signature. */
export function sealed(entry: CacheEntry, cache: CachedResult, key: string): string {
  return `${JSON.stringify({ signature: signature(key, signedText(entry, cache)), cache })}\n`;
}

export async function readCached(entry: CacheEntry, key: string): Promise<Found> {
  const path = cachePath(entry);
  try {
    const bytes = await readRegularFile(`${path}.json`, { most: MOST_BYTES });
    const file = v.parse(cacheFile, JSON.parse(bytes.toString("utf8")));
    if (!isSignedBy(key, signedText(entry, file.cache), file.signature)) return { kind: "foreign" };
    const { tensors, ...result } = v.parse(cachedResult, file.cache);
    if (tensors && (await stat(`${path}.safetensors`)).size !== tensors.bytes) return { kind: "none" };
    return { kind: "own", result: { ...result, ...(tensors && { tensors }) } };
  } catch {
    return { kind: "none" };
  }
}

/** The key of the result is part of it, so that a result cannot be given to another cell. */
function signedText({ snapshot, seed }: CacheEntry, cache: object): string {
  return JSON.stringify(["cell", snapshot, seed, cache]);
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Said once. */
export const FOREIGN =
  "Cached results came with this folder from another machine, or were changed. They are not used: run the cells to compute them.";

/** Looks for cached results of the cells with the option `cache`, once for each snapshot. */
export class CacheLookup {
  readonly #workspace: string;
  readonly #seed: number;
  readonly #key = machineKey();
  readonly #lookedFor = new Map<CellId, string>();
  /** The cells of the last call. */
  #lastCells: SessionState["cells"] = [];
  #saidForeign = false;

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#seed = seed;
  }

  /** @returns what was found, and once a word about results that are not ours */
  async found(state: SessionState): Promise<readonly SessionEvent[]> {
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
    if (toRead.length === 0) return [];
    const backend = state.kernel.status === "ready" ? state.kernel.backend : undefined;
    const present = { workspace: this.#workspace, version: ownVersion(), backend };
    const found = await Promise.all(
      toRead.map(async ({ cell, snapshot }): Promise<SessionEvent[]> => {
        const entry = { workspace: this.#workspace, snapshot, seed: this.#seed };
        const cached = await readCached(entry, this.#key.key);
        if (cached.kind === "foreign") return this.#foreign();
        if (cached.kind === "none") return [];
        const reason = await changeSince(cached.result.depends, present);
        return reason === undefined
          ? [{ type: "cache-found", cell, snapshot, shown: cached.result.shown }]
          : [{ type: "cache-unused", cell, snapshot, reason }];
      }),
    );
    return found.flat();
  }

  #foreign(): SessionEvent[] {
    if (this.#saidForeign) return [];
    this.#saidForeign = true;
    return [{ type: "notice", level: "info", text: FOREIGN }];
  }
}
