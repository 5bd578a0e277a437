/** The graph as a notebook: session state, plan and kernel, connected as the server connects them, but in this process. */
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent } from "../../../server/events.ts";
import { Interrupts } from "../../../server/kernel/interrupts.ts";
import { Kernel } from "../../../server/kernel/kernel.ts";
import type { FromKernel } from "../../../server/messages.ts";
import type { Cell } from "../../../server/notebook/types.ts";
import { type KernelView, NO_KERNEL, plan } from "../../../server/state/plan.ts";
import { initialState } from "../../../server/state/reducer.ts";
import { apply } from "./apply.ts";
import { Countdown } from "./countdown.ts";
import { DEPENDENTS, parents, type ReactiveGraph } from "./graph.ts";

export async function workbench(): Promise<ReactiveGraph> {
  resolveImportsAsKernel();
  const ready = new Countdown();
  const finished = new Countdown();
  let state = initialState("bench.ts");
  let view: KernelView = NO_KERNEL;
  const kernel = new Kernel((message) => receive(message), new Interrupts());
  const record = (event: SessionEvent): void => {
    state = apply(state, event);
    for (let next = plan(state, view); ; next = plan(state, view)) {
      view = next.view;
      if (next.actions.length === 0) return;
      for (const action of next.actions) {
        if (action.type === "start-kernel") continue;
        if (action.type !== "close") kernel.handle(action);
        if (action.type !== "execute") continue;
        const { cell, generation, snapshot } = action;
        state = apply(state, { type: "cell-started", cell, generation, snapshot });
      }
    }
  };
  const receive = (message: FromKernel): void => {
    if (message.type === "open-failed") throw new Error(message.message);
    // Recorded already when the cell was sent to the kernel.
    if (message.type === "cell-started") return;
    if (message.type === "kernel-ready") view = { ...view, process: "ready" };
    record(message);
    if (message.type === "kernel-ready") ready.tick();
    if (message.type === "cell-finished") finished.tick();
  };
  const isReady = ready.from(1);
  const notebookPath = join(tmpdir(), "bench.ts");
  kernel.handle({
    type: "open",
    notebook: notebookPath,
    workspace: tmpdir(),
    backend: "cpu",
    seed: 1,
    key: "bench",
    version: "bench",
  });
  view = { ...view, process: "starting" };
  await isReady;
  record({ type: "opened", path: "bench.ts", cells: notebook(), inputs: {} });
  const firstRun = finished.from(parents.length);
  record({ type: "run-asked", cells: "all" });
  await firstRun;
  return {
    change(value) {
      const done = finished.from(DEPENDENTS);
      record({ type: "input-set", cell: "c0", name: "n0", value });
      return done;
    },
    close: () => kernel.close(),
  };
}

function notebook(): Cell[] {
  const knob = 'import { input } from "palimpsest";\nconst n0 = input.number("n0", { value: 0 });';
  return parents.map((used, index): Cell => {
    const terms = [...used.map((parent) => `n${parent}`), index];
    const source = index === 0 ? knob : `const n${index} = ${terms.join(" + ")};`;
    return { id: `c${index}`, kind: "code", source, mode: "auto", options: {} };
  });
}

/** Makes imports of cells resolve as they do in a kernel process. */
function resolveImportsAsKernel(): void {
  const own = new URL("../../../server/kernel/", import.meta.url).href;
  const cells = new URL("../../../cells/index.ts", import.meta.url).href;
  register("./resolve.mjs", own, { data: { cells, own, facades: {} } });
}
