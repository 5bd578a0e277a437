/** What a shared page shows of a session: its state, as the reducer made it, with the outputs that it shows. */
import { firstHeading } from "../notebook/source/heading.ts";
import { printNotebook } from "../notebook/source/print.ts";
import type { Cell } from "../notebook/types.ts";
import { blockerOf, type CellState } from "../state/cell-state.ts";
import { valuesToSave } from "../state/saving.ts";
import type { SessionState } from "../state/state.ts";
import type { CellOutputs } from "../values.ts";
import type { Mark, Shared, SharedCell } from "./shared.ts";

/** @param outputs whole; large ones are not in the state */
export function sharedSession(state: SessionState, outputs: readonly CellOutputs[]): Shared {
  const cells = state.cells.map(({ cell }) => cell);
  const whole = new Map(outputs.map(({ cell, outputs }) => [cell, outputs]));
  return {
    title: titleOf(cells, state.path),
    notebook: { name: nameOf(state.path), text: printNotebook({ cells, settings: state.settings }) },
    cells: state.cells.map((each) => sharedCell(each, whole.get(each.cell.id) ?? each.outputs)),
    runs: state.runs,
    inputs: valuesToSave(state),
  };
}

function sharedCell(state: CellState, outputs: SharedCell["outputs"]): SharedCell {
  const { cell, console, inputs, errors, error, ms } = state;
  return {
    cell,
    mark: cell.kind === "markdown" ? "fresh" : markOf(state),
    outputs,
    console,
    inputs: inputs.map(({ name, live, spec, value }) => ({ name, label: spec.label, value, live, kind: spec.kind })),
    errors: error ? [...errors, error] : errors,
    ...(ms !== undefined && { ms }),
  };
}

/**
 * Not `stale` of the state: that says whether the kernel has the values, and none has after the notebook was closed. Here it
 * counts what the outputs were made with.
 */
function markOf(state: CellState): Mark {
  const { status, generation, madeWith, snapshot, errors } = state;
  if (status === "running") return "running";
  const blocker = blockerOf(state);
  if (blocker?.why === "disabled" && blocker.chain.length === 0) return "disabled";
  if (status === "failed" || errors.length > 0) return "failed";
  if (status === "stopped") return "stopped";
  if (generation === 0 && madeWith === undefined) return "not run";
  if (madeWith === undefined) return "unknown";
  return madeWith === snapshot ? "fresh" : "stale";
}

export function nameOf(path: string): string {
  return path.split("/").at(-1) ?? path;
}

/** The first heading of the notebook, or the name of its file. */
export function titleOf(cells: readonly Cell[], path: string): string {
  for (const { kind, source } of cells) {
    const heading = kind === "markdown" ? firstHeading(source) : undefined;
    if (heading) return heading.text;
  }
  return nameOf(path).replace(/\.ts$/, "");
}
