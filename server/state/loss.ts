/** What a change would lose: trainings that run, and values that took long to compute. The page asks before it happens. */
import type { Loss } from "../events.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import { type CellState, heldValues } from "./cell-state.ts";
import { cellState, type SessionState } from "./state.ts";
import { withDescendants } from "./targets.ts";

/** Losing less than this needs no question. */
const SECONDS = 60;

/** What is lost if the values of these cells, and of the cells made from them, are freed. @returns undefined if it is little */
export function lossOf(state: SessionState, ids: Iterable<CellId>, now: number): Loss | undefined {
  const held = [...withDescendants(state, ids)].flatMap((id) => {
    const cell = cellState(state, id);
    return cell && heldValues(cell) ? [cell] : [];
  });
  const cells = held.map(({ cell }) => cell.id);
  const trainings = Object.values(state.runs).filter(
    ({ info, status }) => status === "running" && cells.includes(info.cell),
  );
  const seconds = held.reduce((sum, cell) => sum + secondsOf(cell, now), 0);
  if (trainings.length === 0 && seconds <= SECONDS) return undefined;
  return { trainings: trainings.map(({ info }) => info.id), cells, seconds };
}

/** A cached result can be restored at once, so nothing is lost with its values. */
function secondsOf(cell: CellState, now: number): number {
  const { cache } = cell;
  if (cache.kind === "stored" && cache.snapshot === heldValues(cell)?.snapshot && flagged(cell.cell, "cache")) return 0;
  if (cell.status === "running") return cell.startedAt === undefined ? 0 : Math.max(0, now - cell.startedAt) / 1000;
  return heldValues(cell)?.restored ? 0 : (cell.ms ?? 0) / 1000;
}
