/**
 * The cache on the disk: `.palimpsest/cache/<snapshot>/seed-<n>.json` and, where there are tensors, the `.safetensors` beside
 * it. The key is the snapshot (code, inputs, project files, parents) and the seed; not the backend, so what one computed
 * another takes over, bit for bit. A file that is torn or was touched counts as none.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Shown } from "../events.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { SessionState } from "../state/state.ts";

/** `values` is the kernel's to read. */
export type CachedResult = {
  readonly format: 1;
  readonly shown: Shown;
  readonly values: unknown;
  /** Of the file of tensors; absent where there is none. */
  readonly tensors?: { readonly bytes: number; readonly sha256: string };
};

/** Without the ending. */
export function cachePath(workspace: string, snapshot: string, seed: number): string {
  return join(workspace, ".palimpsest", "cache", snapshot, `seed-${seed}`);
}

export function sealed(cache: CachedResult): string {
  return `${JSON.stringify({ check: sha256(JSON.stringify(cache)), cache })}\n`;
}

/** @returns undefined where there is none that is whole. */
export async function readCached(path: string): Promise<CachedResult | undefined> {
  try {
    const { check, cache } = JSON.parse(await readFile(`${path}.json`, "utf8")) as {
      check: string;
      cache: CachedResult;
    };
    if (cache.format !== 1 || check !== sha256(JSON.stringify(cache))) return undefined;
    if (cache.tensors && (await stat(`${path}.safetensors`)).size !== cache.tensors.bytes) return undefined;
    return cache;
  } catch {
    return undefined;
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Looks for what the cells with a cache would give as the notebook stands, once for each snapshot. */
export class CacheLookup {
  readonly #workspace: string;
  readonly #seed: number;
  readonly #looked = new Map<CellId, string>();
  #seen: SessionState["cells"] = [];

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#seed = seed;
  }

  async found(
    state: SessionState,
  ): Promise<{ readonly cell: CellId; readonly snapshot: string; readonly shown: Shown }[]> {
    const before = this.#seen;
    this.#seen = state.cells;
    const changed = state.cells.filter((cell, place) => cell !== before[place]);
    const looking = changed.flatMap(({ cell, snapshot, cache, analysis }) => {
      if (
        !analysis ||
        !flagged(cell, "cache") ||
        (cache.kind === "stored" && cache.snapshot === snapshot) ||
        this.#looked.get(cell.id) === snapshot
      )
        return [];
      this.#looked.set(cell.id, snapshot);
      return [{ cell: cell.id, snapshot }];
    });
    const found = await Promise.all(
      looking.map(async ({ cell, snapshot }) => {
        const cache = await readCached(cachePath(this.#workspace, snapshot, this.#seed));
        return cache ? [{ cell, snapshot, shown: cache.shown }] : [];
      }),
    );
    return found.flat();
  }
}
