/**
 * What a user asks for: run cells, stop them, set an input, answer whether expensive cells may run. Running a cell first
 * ends its generation and those of all its descendants. Automatic descendants are queued after it; manual ones become stale.
 *
 * Cells that a user asks for always run. What may run by itself is in `automatic-runs.ts`.
 */
import type { DemandEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { queuedByChange } from "./automatic-runs.ts";
import type { CellState } from "./cell-state.ts";
import { alive, updateSnapshots, usersOf } from "./freshness.ts";
import { sameValue } from "./input-value.ts";
import { dequeued, queued } from "./queue.ts";
import { cellState, type SessionState, withCell, withPending } from "./state.ts";
import { inputKey, storedKey } from "./stored-inputs.ts";
import { following, ranBefore, wanted } from "./targets.ts";

export function afterDemandEvent(state: SessionState, event: DemandEvent): SessionState {
  switch (event.type) {
    case "run-asked":
      return afterRunAsked({ ...state, userRan: true }, event.cells);
    case "stop-asked":
      return dequeued(state, event.cell);
    case "input-set":
      return afterInputSet(state, event);
    case "ask-answered": {
      const { pending } = state;
      const answered = withPending(state, undefined);
      return pending && event.run ? queued(answered, new Set(pending.cells)) : answered;
    }
  }
}

/** A fresh cell with a cached result computes again if the user named it. */
function afterRunAsked(state: SessionState, cells: readonly CellId[] | "all" | "stale"): SessionState {
  const targets = wanted(state, cells);
  const renewed = typeof cells === "string" ? [] : cells.filter((id) => isFresh(cellState(state, id)));
  const chosen = state.settings.lazy ? targets : following(state, targets, () => true);
  return queued(state, chosen, new Set(renewed));
}

function isFresh(cell: CellState | undefined): boolean {
  return cell !== undefined && alive(cell) && !cell.stale;
}

/** A change of an input runs the automatic cells that use its constant and ran before. A change of a live input runs nothing. */
function afterInputSet(
  state: SessionState,
  { cell: id, name, value }: { readonly cell: CellId; readonly name: string; readonly value: InputValue },
): SessionState {
  const declaring = cellState(state, id);
  const input = declaring?.inputs.find((each) => each.name === name);
  const key = declaring ? storedKey(declaring, name) : inputKey(id, name);
  const stored = { ...state, inputValues: { ...state.inputValues, [key]: value } };
  if (!declaring || !input || sameValue(input.value, value)) return updateSnapshots(stored, [name]);
  const set = withCell(stored, id, (cell) => ({
    ...cell,
    inputs: cell.inputs.map((each) => (each.name === name ? { ...each, value } : each)),
  }));
  const next = updateSnapshots(set, [name]);
  if (input.live || !alive(declaring)) return next;
  if (!declaring.analysis?.inputs.some((each) => each.name === name)) return queuedByChange(next, new Set([id]));
  const users = usersOf(next, id, name).filter((user) => {
    const cell = cellState(next, user);
    return cell?.cell.mode === "auto" && ranBefore(cell);
  });
  return queuedByChange(next, new Set(users));
}
