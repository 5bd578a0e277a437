/**
 * Finds the cells that cannot run, each with the path to the nearest cause: an error in the code, a disabled cell, or a
 * cell that failed or was stopped before it had values. A cell with a cached result can run after an ancestor failed.
 */
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { Blocker, CellState } from "./cell-state.ts";
import { alive, restorable } from "./freshness.ts";
import type { SessionState } from "./state.ts";
import { cellState } from "./state.ts";

export function blockersOf(state: SessionState): ReadonlyMap<CellId, Blocker> {
  const blockers = new Map<CellId, Blocker>();
  const causes = new Map<CellId, Blocker>();
  for (const cell of state.cells) {
    const { id } = cell.cell;
    const own = ownBlocker(cell);
    if (!own) continue;
    causes.set(id, own);
    if (own.why === "error" || own.why === "disabled") blockers.set(id, own);
  }
  const reached = [...causes];
  for (const [from, blocker] of reached) {
    for (const to of state.topology.children.get(from) ?? []) {
      const user = cellState(state, to);
      const onlyValuesMissing = blocker.why === "failed" || blocker.why === "stopped";
      if (blockers.has(to) || !user || (onlyValuesMissing && restorable(user))) continue;
      const inherited: Blocker = { why: blocker.why, chain: [...blocker.chain, from] };
      blockers.set(to, inherited);
      reached.push([to, inherited]);
    }
  }
  return blockers;
}

/** Whether a change of this cell can change which cells are blocked. */
export function changesBlockers(
  state: SessionState,
  before: CellState | undefined,
  cell: CellState | undefined,
): boolean {
  if (before === cell) return false;
  if (!before || !cell) return true;
  if (ownBlocker(before)?.why !== ownBlocker(cell)?.why) return true;
  return state.blockers.size > 0 && restorable(before) !== restorable(cell);
}

export function sameBlocker(a: Blocker | undefined, b: Blocker | undefined): boolean {
  return a === b || (a?.why === b?.why && a?.chain.join(" ") === b?.chain.join(" "));
}

function ownBlocker(cell: CellState): Blocker | undefined {
  if (!cell.analysis) return undefined;
  if (cell.errors.length > 0) return { why: "error", chain: [] };
  if (flagged(cell.cell, "disabled")) return { why: "disabled", chain: [] };
  const { status } = cell;
  return (status === "failed" || status === "stopped") && !alive(cell) ? { why: status, chain: [] } : undefined;
}
