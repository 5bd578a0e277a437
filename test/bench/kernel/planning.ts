/**
 * What the server does when one cell of a large notebook has changed, from the edit to the plan: analysis, topology,
 * snapshots, staleness, the demand to run the cell, and what the kernel must be told. The cells that change are spread
 * over the notebook. `plan-1000-ms` is an edit that keeps the cell's names, `plan-1000-names-ms` one that adds one.
 */
import type { SessionEvent } from "../../../server/events.ts";
import { type KernelView, NO_KERNEL, plan } from "../../../server/state/plan.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import type { SessionState } from "../../../server/state/state.ts";
import { largeNotebook, sourceOf } from "./large.ts";
import { type Measure, median } from "./measure.ts";

const CELLS = 1000;
const SAMPLES = 200;

export async function planning(): Promise<Measure[]> {
  const ready = ranThrough();
  const view: KernelView = { ...NO_KERNEL, process: "ready", planned: ready };
  const measure = (name: string, extra: (index: number, round: number) => string): Measure => {
    const samples = Array.from({ length: SAMPLES }, (_, round) => {
      const index = (round * 137) % CELLS;
      return planned(ready, view, `c${index}`, sourceOf(index, extra(index, round)));
    });
    return { name, value: median(samples), samples };
  };
  return [
    measure("plan-1000-ms", (_, round) => ` + ${round}`),
    measure("plan-1000-names-ms", (index, round) => `;\nconst m${round} = n${index}`),
  ];
}

const after = (state: SessionState, event: SessionEvent): SessionState =>
  reduce(state, { seq: state.seq + 1, time: 0, event });

/** A notebook of which every cell has run. */
function ranThrough(): SessionState {
  let state = after(initialState("n.ts"), { type: "opened", path: "n.ts", cells: largeNotebook(CELLS), inputs: {} });
  state = after(state, { type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  for (const cell of state.topology.order) {
    const { snapshot } = state.cells.find((each) => each.cell.id === cell)!;
    for (const event of [
      { type: "cell-started", cell, generation: 1, snapshot },
      { type: "cell-settled", cell, generation: 1 },
      { type: "cell-finished", cell, generation: 1, status: "done", ms: 1 },
    ] as const)
      state = after(state, event);
  }
  return state;
}

function planned(ready: SessionState, view: KernelView, cell: string, source: string): number {
  const began = performance.now();
  const edited = after(ready, { type: "cell-edited", cell, source, by: "bench" });
  const asked = after(edited, { type: "run-asked", cells: [cell] });
  const { actions } = plan(asked, view);
  const ms = performance.now() - began;
  if (!actions.some((action) => action.type === "execute" && action.cell === cell))
    throw new Error(`${cell} was not planned.`);
  return ms;
}
