/**
 * The cells as the kernel knows them: the generation that is alive, at most one per cell, the latest one, the compiled code,
 * and who defines which name.
 */
import type { CellId } from "../notebook/types.ts";
import { Code } from "./code.ts";
import type { Generation } from "./generation.ts";

export class CellTable {
  readonly #alive = new Map<CellId, Generation>();
  /** The latest generation of each cell, even if it has ended. */
  readonly #latest = new Map<CellId, Generation>();
  /** What each cell ran last. */
  readonly #code = new Map<CellId, Code>();
  /** The living generation that defines a name. */
  readonly #definers = new Map<string, Generation>();

  /** Living generations, oldest first. */
  get alive(): readonly Generation[] {
    return [...this.#alive.values()];
  }

  generation(cell: CellId): Generation | undefined {
    return this.#alive.get(cell);
  }

  latest(cell: CellId): Generation | undefined {
    return this.#latest.get(cell);
  }

  add(generation: Generation): void {
    const { cell, number, analysis } = generation;
    const before = this.#latest.get(cell);
    if (before) before.successor = number;
    this.#latest.set(cell, generation);
    this.#alive.set(cell, generation);
    for (const name of analysis.definitions) this.#definers.set(name, generation);
  }

  /** Removes the living generation of a cell. @returns it */
  take(cell: CellId): Generation | undefined {
    const generation = this.#alive.get(cell);
    if (!generation) return undefined;
    this.#alive.delete(cell);
    for (const name of generation.analysis.definitions) {
      if (this.#definers.get(name) === generation) this.#definers.delete(name);
    }
    return generation;
  }

  /** The cell will not run again. */
  forget(cell: CellId): void {
    this.#latest.delete(cell);
    this.#code.delete(cell);
  }

  /** The code of a cell, compiled once for the same source. */
  code(cell: CellId, source: string): Code {
    const known = this.#code.get(cell);
    if (known?.source === source) return known;
    const code = new Code(cell, source);
    this.#code.set(cell, code);
    return code;
  }

  /** The names of live inputs of living cells. */
  get liveInputs(): ReadonlySet<string> {
    const live = this.alive.flatMap(({ analysis }) => analysis.inputs.filter((input) => input.live));
    return new Set(live.map(({ name }) => name));
  }

  /** The living generation that defines a name. */
  definer(name: string): Generation | undefined {
    return this.#definers.get(name);
  }

  /** The value of a name for the code of a generation. @throws ReferenceError if nothing defines it; `typeof name` gives undefined then */
  lookUp(name: string, { analysis }: Generation): unknown {
    const definer = this.#definers.get(name);
    if (definer?.values.has(name)) {
      const get = definer.live.get(name);
      if (get) definer.values.set(name, get());
      return definer.values.get(name);
    }
    if (name in globalThis) return Reflect.get(globalThis, name);
    if (analysis.typeofNames.includes(name)) return undefined;
    throw new ReferenceError(`${name} has no value: the cell that defines it has not run. Run that cell first.`);
  }
}
