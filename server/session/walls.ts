/**
 * Cells that cannot run, each with the way to the nearest cause: an error of structure, a cell that is disabled, or one
 * that failed or was stopped before it gave its values. What the memo holds needs none that failed.
 */
import { flagged } from "../notebook/head.ts";
import type { CellId } from "../notebook/types.ts";
import { restorable } from "./freshness.ts";
import type { CellState, SessionState, Wall } from "./state.ts";
import { cellState } from "./state.ts";

export function wallsOf(state: SessionState): ReadonlyMap<CellId, Wall> {
  const walls = new Map<CellId, Wall>();
  const causes = new Map<CellId, Wall>();
  for (const cell of state.cells) {
    const { id } = cell.cell;
    const own = ownWall(cell);
    if (!own) continue;
    causes.set(id, own);
    if (own.why === "error" || own.why === "disabled") walls.set(id, own);
  }
  const frontier = [...causes];
  for (const [from, wall] of frontier) {
    for (const to of state.topology.children.get(from) ?? []) {
      const user = cellState(state, to);
      const passing = wall.why === "failed" || wall.why === "stopped";
      if (walls.has(to) || !user || (passing && restorable(user))) continue;
      const further: Wall = { why: wall.why, chain: [...wall.chain, from] };
      walls.set(to, further);
      frontier.push([to, further]);
    }
  }
  return walls;
}

/** Whether what changed of a cell can change which cells cannot run. */
export function movesWalls(state: SessionState, before: CellState | undefined, cell: CellState | undefined): boolean {
  if (before === cell) return false;
  if (!before || !cell) return true;
  if (ownWall(before)?.why !== ownWall(cell)?.why) return true;
  return state.walls.size > 0 && restorable(before) !== restorable(cell);
}

export function sameWall(a: Wall | undefined, b: Wall | undefined): boolean {
  return a === b || (a?.why === b?.why && a?.chain.join(" ") === b?.chain.join(" "));
}

function ownWall({ cell, errors, status, settled, analysis }: CellState): Wall | undefined {
  if (!analysis) return undefined;
  if (errors.length > 0) return { why: "error", chain: [] };
  if (flagged(cell, "disabled")) return { why: "disabled", chain: [] };
  return (status === "failed" || status === "stopped") && !settled ? { why: status, chain: [] } : undefined;
}
