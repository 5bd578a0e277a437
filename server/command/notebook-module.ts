/**
 * The cells of a notebook as one module, as TypeScript needs it: in the order in which they run, so that a name is declared above
 * its uses. It also finds the cell and the position for a place in that module.
 */
import type { CellId, Position } from "../notebook/types.ts";
import type { CellState } from "../state/cell-state.ts";
import type { SessionState } from "../state/state.ts";

/** Ends the last statement of a cell, so that the next cell cannot continue it. */
const BETWEEN = "\n;\n";

type Part = { readonly cell: CellState; readonly start: number; readonly end: number };
export type Place = { readonly id: CellId; readonly position: Position };

export class NotebookModule {
  readonly text: string;
  /** The types of the cells that are not in the module. */
  readonly leftOut: ReadonlySet<string>;
  readonly #parts: readonly Part[];

  /** Cells with errors are left out, except those that only use an unknown name. */
  constructor({ cells, topology }: SessionState) {
    const rank = (cell: CellState): number => topology.rank.get(cell.cell.id) ?? cells.length;
    const included = cells
      .filter(({ analysis, errors }) => analysis && errors.every(({ kind }) => kind === "unknown-name"))
      .sort((a, b) => rank(a) - rank(b));
    const others = cells.filter((cell) => !included.includes(cell));
    this.leftOut = new Set(
      others.flatMap(({ analysis }) => [...(analysis?.typeDefinitions ?? []), ...(analysis?.definitions ?? [])]),
    );
    let end = 0;
    this.#parts = included.map((cell) => {
      const start = end;
      end = start + cell.cell.source.length + BETWEEN.length;
      return { cell, start, end };
    });
    this.text = included.map(({ cell }) => `${cell.source}${BETWEEN}`).join("");
  }

  cellAt(offset: number): CellState | undefined {
    return this.#partAt(offset)?.cell;
  }

  placeOf(offset: number): Place | undefined {
    const part = this.#partAt(offset);
    if (!part) return undefined;
    const before = part.cell.cell.source.slice(0, offset - part.start).split("\n");
    const position = { line: before.length, column: before.at(-1)?.length ?? 0 };
    return { id: part.cell.cell.id, position };
  }

  #partAt(offset: number): Part | undefined {
    return this.#parts.find(({ start, end }) => start <= offset && offset < end);
  }
}
