/**
 * Recognises cells without a name. Their ids are their numbers in the file, so a cell that another program inserts would shift
 * all ids below it, and outputs would be shown under other code. So a cell that was read keeps the id of the cell with the same
 * content, or else with the most similar one; only a new cell gets a new id.
 */
import type { Cell, CellId } from "../types.ts";

const NUMBERED = /^(?:cell|markdown)-\d+$/;

/** @param known the cells before @returns the cells that were read, those without a name with the ids of the cells that they are */
export function aligned(known: readonly Cell[], read: readonly Cell[]): readonly Cell[] {
  const unnamed = read.filter(({ id }) => NUMBERED.test(id));
  if (unnamed.every((cell) => known.some((each) => each.id === cell.id && sameContent(each, cell)))) return read;
  const written = new Set(read.filter(({ id }) => !NUMBERED.test(id)).map(({ id }) => id));
  const free = known.filter(({ id }) => NUMBERED.test(id) && !written.has(id));
  const ids = new Map<Cell, CellId>();
  const pair = (cell: Cell, other: Cell | undefined): void => {
    if (!other) return;
    ids.set(cell, other.id);
    free.splice(free.indexOf(other), 1);
  };
  for (const cell of unnamed) {
    const same = free.filter((each) => sameContent(each, cell));
    pair(cell, same.find(({ id }) => id === cell.id) ?? same[0]);
  }
  const changed = unnamed.filter((cell) => !ids.has(cell));
  const inOrder = changed.length === free.length;
  for (const cell of changed) pair(cell, inOrder ? free[0] : mostSimilar(cell, free));
  const taken = new Set(
    [...known, ...read.filter((cell) => !ids.has(cell) && !changed.includes(cell))].map(({ id }) => id),
  );
  return read.map((cell) => {
    const id = ids.get(cell) ?? (changed.includes(cell) ? freeNumber(cell, taken) : cell.id);
    taken.add(id);
    return id === cell.id ? cell : { ...cell, id };
  });
}

function sameContent(a: Cell, b: Cell): boolean {
  return a.kind === b.kind && a.source.trim() === b.source.trim();
}

/** The one with the most lines in common, if there are any. */
function mostSimilar(cell: Cell, others: readonly Cell[]): Cell | undefined {
  const lines = linesOf(cell);
  let best: Cell | undefined;
  let most = 0;
  for (const other of others) {
    if (other.kind !== cell.kind) continue;
    const common = [...linesOf(other)].filter((line) => lines.has(line)).length;
    if (common > most) [best, most] = [other, common];
  }
  return best;
}

function linesOf({ source }: Cell): ReadonlySet<string> {
  return new Set(
    source
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  );
}

function freeNumber({ kind }: Cell, taken: ReadonlySet<CellId>): CellId {
  const word = kind === "code" ? "cell" : "markdown";
  let n = 1;
  while (taken.has(`${word}-${n}`)) n++;
  return `${word}-${n}`;
}
