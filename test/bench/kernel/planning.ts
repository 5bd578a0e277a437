/**
 * What the server computes when one cell of a large notebook changes, from the edit to the plan: the cell's analysis, topology,
 * snapshots, staleness, the request to run the cell, and the messages for the kernel. The edited cells are spread over the notebook.
 * `plan-1000-ms` is an edit that keeps the cell's names, `plan-1000-names-ms` one that adds a name.
 */
import { type KernelView, NO_KERNEL, plan } from "../../../server/state/plan.ts";
import { initialState } from "../../../server/state/reducer.ts";
import type { SessionState } from "../../../server/state/state.ts";
import { apply } from "./apply.ts";
import { largeNotebook, sourceOf } from "./large-notebook.ts";
import { type Measure, measureOf } from "./measure.ts";

const CELLS = 1000;
const SAMPLES = 200;

export async function planning(): Promise<Measure[]> {
  const done = afterFirstRun();
  const view: KernelView = { ...NO_KERNEL, process: "ready", planned: done };
  const measured = (name: string, appended: (index: number, round: number) => string): Measure => {
    const samples = Array.from({ length: SAMPLES }, (_, round) => {
      const index = (round * 137) % CELLS;
      return timeToPlan(done, view, `c${index}`, sourceOf(index, appended(index, round)));
    });
    return measureOf(name, samples);
  };
  return [
    measured("plan-1000-ms", (_, round) => ` + ${round}`),
    measured("plan-1000-names-ms", (index, round) => `;\nconst m${round} = n${index}`),
  ];
}

/** A session in which every cell of the notebook is done. */
function afterFirstRun(): SessionState {
  let state = apply(initialState("n.ts"), { type: "opened", path: "n.ts", cells: largeNotebook(CELLS), inputs: {} });
  state = apply(state, { type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  for (const cell of state.topology.order) {
    const { snapshot } = state.cells.find((each) => each.cell.id === cell)!;
    for (const event of [
      { type: "cell-started", cell, generation: 1, snapshot },
      { type: "cell-settled", cell, generation: 1 },
      { type: "cell-finished", cell, generation: 1, status: "done", ms: 1 },
    ] as const)
      state = apply(state, event);
  }
  return state;
}

/** @returns milliseconds. */
function timeToPlan(before: SessionState, view: KernelView, cell: string, source: string): number {
  const start = performance.now();
  const edited = apply(before, { type: "cell-edited", cell, source, by: "bench" });
  const requested = apply(edited, { type: "run-asked", cells: [cell] });
  const { actions } = plan(requested, view);
  const ms = performance.now() - start;
  if (!actions.some((action) => action.type === "execute" && action.cell === cell))
    throw new Error(`The plan does not run ${cell}.`);
  return ms;
}
