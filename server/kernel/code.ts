/**
 * The code of cells, made ready to run. A cell that runs again with the same source, as the users of a slider do many times
 * a second, runs what is there. Code holds no values: each run of it makes its own.
 */
import { Script } from "node:vm";
import { analyse } from "../notebook/language/analyse.ts";
import { type CompiledCell, compileCell } from "../notebook/language/compile.ts";
import type { Analysis, CellId } from "../notebook/types.ts";
import { fileOf } from "./trace.ts";

type Body = (...parameters: unknown[]) => Promise<void>;

export class Code {
  readonly source: string;
  readonly analysis: Analysis;
  readonly #cell: CellId;
  #compiled: CompiledCell | undefined;
  #body: Body | undefined;

  constructor(cell: CellId, source: string) {
    this.#cell = cell;
    this.source = source;
    this.analysis = analyse(source);
  }

  /** @throws SyntaxError for a source that cannot be read */
  get compiled(): CompiledCell {
    this.#compiled ??= compileCell(this.source, this.analysis);
    return this.#compiled;
  }

  /** A script and never a module, since modules are never collected. @throws SyntaxError for what V8 refuses */
  get body(): Body {
    // The first line is the compiler's; the user's begin after it.
    this.#body ??= new Script(this.compiled.code, {
      filename: fileOf(this.#cell),
      lineOffset: -1,
    }).runInThisContext() as Body;
    return this.#body;
  }
}
