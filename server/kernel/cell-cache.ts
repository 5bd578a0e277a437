/**
 * The cache of cells, on the kernel's side: stores the result of a generation that is done, and restores it for a later one
 * without running its code. What the cell showed, printed, reported and declared is restored with its values; modules that it
 * imports are imported again.
 */
import { readFile } from "node:fs/promises";
import { NotCacheable } from "../../cells/cache/codec.ts";
import { restoreValues, storeValues } from "../../cells/cache/stored-values.ts";
import { inputValue } from "../../cells/show/input.ts";
import type { Shown } from "../events.ts";
import { type CachedResult, type CacheEntry, cachePath, readCached, sealed, sha256 } from "../session/cache.ts";
import { changeSince } from "../session/dependencies.ts";
import { placeInside } from "../session/inside.ts";
import { writeSafely } from "../session/write-file.ts";
import { current, type Generation } from "./generation.ts";
import type { Imports } from "./imports.ts";
import { startValue } from "./inputs.ts";

/** `version`: of the code that this kernel runs. `key`: signs results. */
export type CachePlace = Pick<CacheEntry, "workspace" | "seed"> & {
  readonly key: string;
  readonly backend: string;
  readonly version: string;
};

export class CellCache {
  readonly #place: CachePlace;

  constructor(place: CachePlace) {
    this.#place = place;
  }

  /**
   * Stores the result of a generation that is done. The session is told that it was stored, or why it could not be.
   * @param liveInputs names of live inputs: a snapshot does not contain their values
   */
  async store(generation: Generation, shown: Shown, liveInputs: ReadonlySet<string>): Promise<void> {
    const { cell, number, snapshot } = generation;
    const { workspace, seed, key, backend, version } = this.#place;
    const refuse = (reason: string): void =>
      generation.send({ type: "cache-refused", cell, generation: number, reason });
    const obstacle = whyNotStored(generation, shown, liveInputs);
    if (obstacle !== undefined) return refuse(obstacle);
    try {
      const { values, tensors } = await current.run(generation, () => storeValues(ownValues(generation)));
      const read = await generation.reads.collect(workspace);
      if ("changed" in read) return refuse(`${read.changed} has changed since it was read.`);
      const entry = { workspace, seed, snapshot };
      const path = cachePath(entry);
      if ((await placeInside(workspace, path)) !== path)
        return refuse(`${path} leads through a link to another folder. Remove the link.`);
      if (tensors) await writeSafely(`${path}.safetensors`, tensors);
      const file = tensors && { tensors: { bytes: tensors.byteLength, sha256: sha256(tensors) } };
      const depends = { version, backend, ...read };
      const result: CachedResult = { format: 2, depends, shown, values, ...file };
      await writeSafely(`${path}.json`, sealed(entry, result, key));
      generation.send({ type: "cache-stored", cell, generation: number, snapshot });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      refuse(error instanceof NotCacheable ? why : `The cache could not be written: ${why}`);
    }
  }

  /**
   * Fills a generation with the result that is stored under its snapshot.
   * @returns false if there is none. If there is one that cannot be used because something changed, the session is told.
   */
  async restore(generation: Generation, imports: Imports): Promise<boolean> {
    const { cell, number, snapshot } = generation;
    const { workspace, seed, key, backend, version } = this.#place;
    const entry = { workspace, seed, snapshot };
    const found = await readCached(entry, key);
    if (found.kind !== "own") return false;
    const { result } = found;
    const reason = await changeSince(result.depends, { workspace, backend, version });
    if (reason !== undefined) {
      generation.send({ type: "cache-unused", cell, snapshot, reason });
      return false;
    }
    const values = await readValues(result, cachePath(entry), generation, imports);
    if (!values) return false;
    generation.throwIfAborted();
    generation.reads.restored(result.depends, workspace);
    const { outputs, console, inputs, results } = result.shown;
    generation.send({ type: "cell-restored", cell, generation: number });
    for (const declared of inputs) values.set(declared.name, restoreInput(generation, declared));
    for (const [name, value] of values) generation.values.set(name, value);
    for (const output of outputs) generation.send({ type: "cell-output", cell, generation: number, output });
    if (console.length > 0) generation.send({ type: "cell-console", cell, generation: number, lines: console });
    if (results.length > 0) generation.send({ type: "report", cell, generation: number, results });
    return true;
  }
}

function whyNotStored(
  { snapshot, analysis }: Generation,
  { inputs }: Shown,
  liveInputs: ReadonlySet<string>,
): string | undefined {
  if (snapshot.endsWith("*")) return "It ran on values that are stale.";
  const live = analysis.references.find((name) => liveInputs.has(name));
  if (live !== undefined) return `It reads the live input ${live}, which may change at any time.`;
  const unnamed = inputs.find(({ name }) => !analysis.inputs.some((each) => each.name === name));
  if (unnamed) return `Its input ${unnamed.name} is part of an expression. Assign it to a constant of its own.`;
  return undefined;
}

/** The values that the cell computed: imports and inputs are made again when it is restored. */
function ownValues({ values, analysis }: Generation): ReadonlyMap<string, unknown> {
  const madeAgain = new Set(analysis.imports.flatMap(({ names }) => Object.keys(names)));
  for (const { name } of analysis.inputs) madeAgain.add(name);
  return new Map([...values].filter(([name]) => !madeAgain.has(name)));
}

/** @returns undefined if the file of tensors is damaged or a value cannot be restored */
async function readValues(
  { values, tensors }: CachedResult,
  path: string,
  generation: Generation,
  imports: Imports,
): Promise<Map<string, unknown> | undefined> {
  try {
    const bytes = tensors && (await readFile(`${path}.safetensors`));
    if (bytes && sha256(bytes) !== tensors?.sha256) return undefined;
    const all = await restoreValues({ values, ...(bytes && { tensors: new Uint8Array(bytes) }) });
    for (const declaration of generation.analysis.imports) {
      for (const [name, get] of await imports.bind(declaration)) {
        all.set(name, get());
        generation.live.set(name, get);
      }
    }
    return all;
  } catch {
    return undefined;
  }
}

/** Declares an input again. @returns the value of its constant */
function restoreInput(generation: Generation, { name, live, spec }: Shown["inputs"][number]): unknown {
  const { cell, number } = generation;
  const input = { spec, live, value: startValue(generation, name, spec) };
  generation.inputs.set(name, input);
  generation.send({ type: "input-declared", cell, generation: number, name, live, spec, value: input.value });
  const handle = {
    get value() {
      return inputValue(input.spec, input.value);
    },
  };
  return live ? handle : handle.value;
}
