/**
 * Brings together the cells as the session has them and as a file edited outside has them, cell by cell, against the
 * cells that both began from. A side that did not touch a cell yields to the one that did. Where both did, both
 * versions stay, the outside one as a cell of its own, so that nothing is lost.
 */
import type { Cell, CellId, Notebook } from "../notebook/types.ts";

export type Merged = {
  readonly cells: readonly Cell[];
  /** Cells that both sides changed. */
  readonly conflicts: readonly CellId[];
};

export function merge(base: Notebook, ours: readonly Cell[], theirs: Notebook): Merged {
  const before = byId(base.cells);
  const mine = byId(ours);
  const conflicts: CellId[] = [];
  const cells: Cell[] = [];
  for (const outside of theirs.cells) {
    const origin = before.get(outside.id);
    const own = mine.get(outside.id);
    if (!own) {
      if (!origin || !same(origin, outside)) cells.push(outside);
    } else if (same(own, outside) || (origin && same(origin, own))) cells.push(outside);
    else if (origin && same(origin, outside)) cells.push(own);
    else {
      conflicts.push(outside.id);
      cells.push(own, { ...outside, id: freeId(`${outside.id}-outside`, [...ours, ...theirs.cells]), mode: "manual" });
    }
  }
  const outside = byId(theirs.cells);
  for (const [index, own] of ours.entries()) {
    const origin = before.get(own.id);
    if (outside.has(own.id) || (origin && same(origin, own))) continue;
    const previous = cells.findIndex((cell) => cell.id === ours[index - 1]?.id);
    cells.splice(previous + 1, 0, own);
  }
  return { cells, conflicts };
}

export function freeId(wish: CellId, taken: readonly Cell[]): CellId {
  const ids = new Set(taken.map((cell) => cell.id));
  let id = wish;
  for (let n = 2; ids.has(id); n++) id = `${wish}-${n}`;
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
