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
import { type CachedResult, cachePath, readCached, sealed, sha256 } from "../session/cache.ts";
import { writeSafely } from "../session/write-file.ts";
import { current, type Generation } from "./generation.ts";
import type { Imports } from "./imports.ts";
import { startValue } from "./inputs.ts";

export class CellCache {
  readonly #workspace: string;
  readonly #seed: number;

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#seed = seed;
  }

  /**
   * Stores the result of a generation that is done. The session is told that it was stored, or why it could not be.
   * @param liveInputs names of live inputs: a snapshot does not contain their values
   */
  async store(generation: Generation, shown: Shown, liveInputs: ReadonlySet<string>): Promise<void> {
    const { cell, number, snapshot } = generation;
    const refuse = (reason: string): void =>
      generation.send({ type: "cache-refused", cell, generation: number, reason });
    const obstacle = whyNotStored(generation, shown, liveInputs);
    if (obstacle !== undefined) return refuse(obstacle);
    try {
      const { values, tensors } = await current.run(generation, () => storeValues(ownValues(generation)));
      const path = cachePath(this.#workspace, snapshot, this.#seed);
      if (tensors) await writeSafely(`${path}.safetensors`, tensors);
      const file = tensors && { tensors: { bytes: tensors.byteLength, sha256: sha256(tensors) } };
      const result: CachedResult = { format: 1, shown, values, ...file };
      await writeSafely(`${path}.json`, sealed(result));
      generation.send({ type: "cache-stored", cell, generation: number, snapshot });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      refuse(error instanceof NotCacheable ? why : `The cache could not be written: ${why}`);
    }
  }

  /** Fills a generation with the result that is stored under its snapshot. @returns false, without a message, if there is none */
  async restore(generation: Generation, imports: Imports): Promise<boolean> {
    const { cell, number, snapshot } = generation;
    const path = cachePath(this.#workspace, snapshot, this.#seed);
    const result = await readCached(path);
    const values = result && (await readValues(result, path, generation, imports));
    if (!values) return false;
    generation.throwIfAborted();
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
