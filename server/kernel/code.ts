/**
 * The code of a cell, compiled. A cell that runs again with the same source, as behind a slider many times a second, reuses
 * it. Code holds no values: each execution makes its own.
 */
import { analyse } from "../notebook/language/analyse.ts";
import { type CompiledCell, compileCell } from "../notebook/language/compile.ts";
import type { Analysis, CellId } from "../notebook/types.ts";
import { runScript } from "./script.ts";
import { fileOf } from "./trace.ts";

type Body = (...parameters: unknown[]) => Promise<void>;

export class Code {
  readonly source: string;
  readonly analysis: Analysis;
  /** How often it was run. */
  runs = 0;
  readonly #cell: CellId;
  #compiled: CompiledCell | undefined;
  #body: Body | undefined;

  constructor(cell: CellId, source: string) {
    this.#cell = cell;
    this.source = source;
    this.analysis = analyse(source);
  }

  /** @throws SyntaxError if the source cannot be parsed */
  get compiled(): CompiledCell {
    this.#compiled ??= compileCell(this.source, this.analysis);
    return this.#compiled;
  }

  /** @throws SyntaxError if the engine rejects it */
  get body(): Body {
    this.#body ??= runScript(this.compiled.code, fileOf(this.#cell)) as Body;
    return this.#body;
  }
}
