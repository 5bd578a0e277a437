/**
 * The cache of cells, on the kernel's side: keeps what a generation gave when it is done, and gives it back to a later one
 * without running its code. What it showed, printed, reported and declared comes back with it; names that the cell
 * imports are imported again.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { NotCacheable } from "../../cells/cache/codec.ts";
import { restoreValues, storeValues } from "../../cells/cache/stored-values.ts";
import { inputValue } from "../../cells/show/input.ts";
import type { Shown } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import { type CachedResult, cachePath, readCached, sealed, sha256 } from "../session/cache.ts";
import { fitted } from "../state/input-value.ts";
import { writeWhole } from "./files.ts";
import { current, type Generation } from "./generation.ts";
import type { Imports } from "./imports.ts";

/** Collects what a generation shows, as it says it. */
export class Showing {
  #shown: Shown = { outputs: [], console: [], inputs: [], results: [] };
  heard(message: FromKernel): void {
    const { outputs, console, inputs, results } = this.#shown;
    if (message.type === "cell-output") this.#shown = { ...this.#shown, outputs: [...outputs, message.output] };
    else if (message.type === "cell-console") this.#shown = { ...this.#shown, console: [...console, ...message.lines] };
    else if (message.type === "report") this.#shown = { ...this.#shown, results: [...results, ...message.results] };
    else if (message.type === "input-declared") {
      const { name, live, spec } = message;
      this.#shown = { ...this.#shown, inputs: [...inputs, { name, live, spec }] };
    }
  }

  get shown(): Shown {
    return this.#shown;
  }
}

export class CacheStore {
  readonly #workspace: string;
  readonly #seed: number;

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#seed = seed;
  }

  /**
   * Keeps a generation that is done, and says so, or says why it cannot.
   * @param live constants that are live inputs: what is read of them is not in the snapshot.
   */
  async keep(generation: Generation, shown: Shown, live: ReadonlySet<string>): Promise<void> {
    const { cell, number, snapshot, analysis } = generation;
    const again = new Set(analysis.imports.flatMap(({ names }) => Object.keys(names)));
    for (const { name } of analysis.inputs) again.add(name);
    const own = new Map([...generation.values].filter(([name]) => !again.has(name)));
    try {
      if (snapshot.endsWith("*")) throw new NotCacheable("It ran on values that are stale.");
      const read = analysis.references.find((name) => live.has(name));
      if (read !== undefined) throw new NotCacheable(`It reads the live input ${read}, which may change at any time.`);
      const loose = shown.inputs.find(({ name }) => !analysis.inputs.some((each) => each.name === name));
      if (loose)
        throw new NotCacheable(`Its input ${loose.name} is part of an expression. Give it a constant of its own.`);
      const { values, tensors } = await current.run(generation, () => storeValues(own));
      const path = cachePath(this.#workspace, snapshot, this.#seed);
      await mkdir(dirname(path), { recursive: true });
      if (tensors) await writeWhole(`${path}.safetensors`, tensors);
      const about = tensors && { tensors: { bytes: tensors.byteLength, sha256: sha256(tensors) } };
      const cache: CachedResult = { format: 1, shown, values, ...about };
      await writeWhole(`${path}.json`, sealed(cache));
      generation.say({ type: "cache-stored", cell, generation: number, snapshot });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const reason = error instanceof NotCacheable ? why : `It could not be written: ${why}`;
      generation.say({ type: "cache-refused", cell, generation: number, reason });
    }
  }

  /** Fills a generation with what was kept under its snapshot. @returns false, having said nothing, where that is not to be had. */
  async restore(generation: Generation, imports: Imports): Promise<boolean> {
    const { cell, number, snapshot, analysis, given } = generation;
    const path = cachePath(this.#workspace, snapshot, this.#seed);
    const cache = await readCached(path);
    if (!cache) return false;
    let values: Map<string, unknown>;
    try {
      const tensors = cache.tensors && (await readFile(`${path}.safetensors`));
      if (tensors && sha256(tensors) !== cache.tensors?.sha256) return false;
      values = await restoreValues({ values: cache.values, ...(tensors && { tensors: new Uint8Array(tensors) }) });
      for (const declaration of analysis.imports) {
        for (const [name, value] of await imports.bind(declaration)) values.set(name, value);
      }
    } catch {
      return false;
    }
    generation.throwIfAborted();
    const { outputs, console, inputs, results } = cache.shown;
    generation.say({ type: "cell-restored", cell, generation: number });
    for (const { name, live, spec } of inputs) {
      const set = Object.hasOwn(given, name) ? given[name] : undefined;
      const input = { spec, live, value: set === undefined ? spec.value : fitted(spec, set) };
      generation.inputs.set(name, input);
      generation.say({ type: "input-declared", cell, generation: number, name, live, spec, value: input.value });
      const handle = {
        get value() {
          return inputValue(input.spec, input.value);
        },
      };
      values.set(name, live ? handle : handle.value);
    }
    for (const [name, value] of values) generation.values.set(name, value);
    for (const output of outputs) generation.say({ type: "cell-output", cell, generation: number, output });
    if (console.length > 0) generation.say({ type: "cell-console", cell, generation: number, lines: console });
    if (results.length > 0) generation.say({ type: "report", cell, generation: number, results });
    return true;
  }
}
