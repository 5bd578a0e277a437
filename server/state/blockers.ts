/**
 * Cells that cannot run, each with the way to the nearest cause: an error of structure, a cell that is disabled, or one
 * that failed or was stopped before it gave its values. What the cache holds needs none that failed.
 */
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import { restorable } from "./freshness.ts";
import type { Blocker, CellState, SessionState } from "./state.ts";
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
  const frontier = [...causes];
  for (const [from, blocker] of frontier) {
    for (const to of state.topology.children.get(from) ?? []) {
      const user = cellState(state, to);
      const passing = blocker.why === "failed" || blocker.why === "stopped";
      if (blockers.has(to) || !user || (passing && restorable(user))) continue;
      const further: Blocker = { why: blocker.why, chain: [...blocker.chain, from] };
      blockers.set(to, further);
      frontier.push([to, further]);
    }
  }
  return blockers;
}

/** Whether what changed of a cell can change which cells cannot run. */
export function movesBlockers(
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

function ownBlocker({ cell, errors, status, settled, analysis }: CellState): Blocker | undefined {
  if (!analysis) return undefined;
  if (errors.length > 0) return { why: "error", chain: [] };
  if (flagged(cell, "disabled")) return { why: "disabled", chain: [] };
  return (status === "failed" || status === "stopped") && !settled ? { why: status, chain: [] } : undefined;
}
