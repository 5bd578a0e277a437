/**
 * A question to the user before something is lost. Nothing happens until the answer: a cell that is to be removed stays, and a
 * kernel that does not react is not ended.
 */

import type { CellChange, Loss, Question, QuestionEvent, SessionEvent } from "../events.ts";
import { type Flag, flagged } from "../notebook/source/head.ts";
import type { Cell } from "../notebook/types.ts";
import { lossOf } from "./loss.ts";
import { roughly } from "./quantity.ts";
import { cellState, type SessionState, without } from "./state.ts";

export function afterQuestion(state: SessionState, event: QuestionEvent): SessionState {
  return event.type === "question-asked" ? { ...state, question: event.question } : without(state, "question");
}

/** Removes a question whose cells are gone, or whose kernel is. */
export function pruned(state: SessionState): SessionState {
  const { question } = state;
  if (!question) return state;
  const stands =
    question.about === "unresponsive"
      ? state.kernel.status === "ready"
      : question.changes.some(({ cell }) => cellState(state, cell));
  return stands ? state : without(state, "question");
}

/** The events of a change of one cell, or the question that comes before it. */
export function askedFirst(
  state: SessionState,
  change: CellChange,
  events: readonly SessionEvent[],
  now: number,
): readonly SessionEvent[] {
  const loss = lossOf(state, [change.cell], now);
  if (!loss) return events;
  return [{ type: "question-asked", question: { about: "changes", origin: "page", changes: [change], loss } }];
}

/** The events that carry out what was asked. */
export function accepted(state: SessionState, changes: readonly CellChange[]): readonly SessionEvent[] {
  return changes.flatMap(({ change, cell: id }): readonly SessionEvent[] => {
    const cell = cellState(state, id)?.cell;
    if (!cell) return [];
    return change === "remove" ? [{ type: "cell-removed", cell: id }] : [withFlag(cell, "disabled")];
  });
}

export function withFlag({ id, options }: Cell, flag: Flag): SessionEvent {
  return { type: "cell-options", cell: id, options: { ...options, [flag]: "true" } };
}

/**
 * The cells of a file that was changed outside, without the changes that would lose something: these are asked about, and
 * until then the session's cells stay as they are.
 */
export function spared(
  state: SessionState,
  cells: readonly Cell[],
  now: number,
): { readonly cells: readonly Cell[]; readonly question?: Question } {
  const theirs = new Map(cells.map((cell) => [cell.id, cell]));
  const changes = state.cells.flatMap(({ cell }): readonly CellChange[] => {
    const their = theirs.get(cell.id);
    const change = !their ? "remove" : flagged(their, "disabled") && !flagged(cell, "disabled") ? "disable" : undefined;
    return change && lossOf(state, [cell.id], now) ? [{ change, cell: cell.id }] : [];
  });
  const loss =
    changes.length === 0
      ? undefined
      : lossOf(
          state,
          changes.map(({ cell }) => cell),
          now,
        );
  if (!loss) return { cells };
  const kept = cells.map((cell) =>
    changes.some((each) => each.change === "disable" && each.cell === cell.id)
      ? { ...cell, options: without(cell.options as { disabled?: string }, "disabled") as Cell["options"] }
      : cell,
  );
  for (const [index, { cell }] of state.cells.entries()) {
    if (!changes.some((each) => each.change === "remove" && each.cell === cell.id)) continue;
    const before = kept.findIndex(({ id }) => id === state.cells[index - 1]?.cell.id);
    kept.splice(before + 1, 0, cell);
  }
  return { cells: kept, question: { about: "changes", origin: "file", changes, loss } };
}

/** In words, with the two answers. */
export function wordsOf(question: Question): {
  readonly text: string;
  readonly accept: string;
  readonly decline: string;
} {
  const lost = lossText(question.loss);
  if (question.about === "unresponsive")
    return {
      text: `The cell ${question.cell} has not reacted for ${roughly(question.waited / 1000)}. It may be in a long step, or in code that never ends. Waiting keeps all values. Ending the kernel ${lost}; trainings continue from their last checkpoints.`,
      accept: "End the kernel",
      decline: "Keep waiting",
    };
  const named = (change: CellChange["change"]): string =>
    question.changes.flatMap((each) => (each.change === change ? [each.cell] : [])).join(", ");
  const [removed, disabled] = [named("remove"), named("disable")];
  const what = [removed && `deleting ${removed}`, disabled && `disabling ${disabled}`].filter(Boolean).join(" and ");
  const text =
    question.origin === "file"
      ? `The file was changed in another program: ${what} here, too, ${lost}.`
      : `${what[0]?.toUpperCase()}${what.slice(1)} ${lost}.`;
  return { text, accept: removed ? "Delete" : "Disable", decline: "Keep" };
}

function lossText({ trainings, cells, seconds }: Loss): string {
  const parts = [
    trainings.length > 0 &&
      `ends ${trainings.length === 1 ? "a running training" : `${trainings.length} running trainings`}`,
    seconds >= 1 &&
      `frees values of ${cells.length === 1 ? "1 cell" : `${cells.length} cells`} that took ${roughly(seconds)}`,
  ];
  return parts.filter((part) => part !== false).join(" and ") || "frees values";
}
