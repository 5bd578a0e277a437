/**
 * Merges the cells of the session with those of a file that was edited outside: a three-way merge, cell by cell. The base
 * is what both sides started from. If one side changed a cell, its version is used. If both did, both versions stay, the
 * outside one as a new cell, so that nothing is lost.
 */
import type { Cell, CellId, Notebook } from "../notebook/types.ts";

export type Merged = {
  readonly cells: readonly Cell[];
  /** Cells that both sides changed. */
  readonly conflicts: readonly CellId[];
};

export function mergeCells(base: Notebook, ours: readonly Cell[], theirs: Notebook): Merged {
  const baseCells = byId(base.cells);
  const ourCells = byId(ours);
  const conflicts: CellId[] = [];
  const cells: Cell[] = [];
  for (const their of theirs.cells) {
    const origin = baseCells.get(their.id);
    const our = ourCells.get(their.id);
    if (!our) {
      if (!origin || !same(origin, their)) cells.push(their);
    } else if (same(our, their) || (origin && same(origin, our))) cells.push(their);
    else if (origin && same(origin, their)) cells.push(our);
    else {
      conflicts.push(their.id);
      cells.push(our, { ...their, id: freeId(`${their.id}-outside`, [...ours, ...theirs.cells]), mode: "manual" });
    }
  }
  const theirCells = byId(theirs.cells);
  for (const [index, our] of ours.entries()) {
    const origin = baseCells.get(our.id);
    if (theirCells.has(our.id) || (origin && same(origin, our))) continue;
    const previous = cells.findIndex((cell) => cell.id === ours[index - 1]?.id);
    cells.splice(previous + 1, 0, our);
  }
  return { cells, conflicts };
}

/** The wanted id, with a number if another cell has it: `loss`, `loss-2`, `loss-3`. */
export function freeId(wanted: CellId, cells: readonly Cell[]): CellId {
  const taken = new Set(cells.map((cell) => cell.id));
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  return id;
}

export function sameCells(a: readonly Cell[], b: readonly Cell[]): boolean {
  return a.length === b.length && a.every((cell, index) => cell.id === b[index]?.id && same(cell, b[index]));
}

function same(a: Cell, b: Cell): boolean {
  return (
    a.source === b.source &&
    a.kind === b.kind &&
    a.mode === b.mode &&
    JSON.stringify(a.options) === JSON.stringify(b.options)
  );
}

function byId(cells: readonly Cell[]): ReadonlyMap<CellId, Cell> {
  return new Map(cells.map((cell) => [cell.id, cell]));
}
