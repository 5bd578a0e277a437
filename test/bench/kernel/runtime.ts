/**
 * The reactive core beside `@observablehq/runtime`: the same graph of 1,000 variables, one of which changes, ten of which
 * are made from it, in turn in one process. Ours is all that happens between the server's hearing of the change and the
 * last new value, with nothing left out but the sockets: session, plan, kernel, the code of the cells, their events.
 */
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Runtime } from "@observablehq/runtime";
import type { SessionEvent } from "../../../server/events.ts";
import { Interrupts } from "../../../server/kernel/interrupts.ts";
import { Kernel } from "../../../server/kernel/kernel.ts";
import type { FromKernel } from "../../../server/messages.ts";
import type { Cell } from "../../../server/notebook/types.ts";
import { type KernelView, NO_KERNEL, plan } from "../../../server/state/plan.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { type Measure, median } from "./measure.ts";

const VARIABLES = 1000;
const DEPENDENTS = 10;
const SAMPLES = 200;
const WARM = 1000;

/** The first one changes, the next ten are made from it, and the others from each other. */
const sources = Array.from({ length: VARIABLES }, (_, at): readonly number[] => {
  if (at === 0 || at === DEPENDENTS + 1) return [];
  return at <= DEPENDENTS ? [0] : [at - 1, DEPENDENTS + 1];
});

type Changing = { change(value: number): Promise<void>; close(): Promise<void> };

export async function againstRuntime(): Promise<Measure[]> {
  const [ours, theirs] = [await workbench(), await observable()];
  const taken: [number[], number[]] = [[], []];
  try {
    for (let round = 1; round <= SAMPLES + WARM; round += 1) {
      for (const [at, each] of [ours, theirs].entries()) {
        const began = performance.now();
        await each.change(round);
        if (round > WARM) taken[at]!.push(performance.now() - began);
      }
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
  const [mine, others] = taken;
  return [
    { name: "runtime-ratio", value: median(mine) / median(others), samples: mine.map((ms, at) => ms / others[at]!) },
    { name: "runtime-ours-ms", value: median(mine), samples: mine },
    { name: "runtime-theirs-ms", value: median(others), samples: others },
  ];
}

/** Imports of cells lead where they lead in the kernel's own process. */
function resolveAsKernels(): void {
  const own = new URL("../../../server/kernel/", import.meta.url).href;
  const cells = new URL("../../../cells/index.ts", import.meta.url).href;
  register("./resolve.mjs", own, { data: { cells, own, facades: {} } });
}

/** Session and kernel as the server drives them, in this process. */
async function workbench(): Promise<Changing> {
  resolveAsKernels();
  let wake = (): void => {};
  let waiting = 0;
  let state = initialState("bench.ts");
  let view: KernelView = NO_KERNEL;
  const kernel = new Kernel((message) => hear(message), new Interrupts());
  const record = (event: SessionEvent): void => {
    state = reduce(state, { seq: state.seq + 1, time: 0, event });
    for (let next = plan(state, view); ; next = plan(state, view)) {
      view = next.view;
      if (next.actions.length === 0) return;
      for (const action of next.actions) {
        if (action.type === "start-kernel") continue;
        if (action.type !== "close") kernel.handle(action);
        if (action.type !== "execute") continue;
        const { cell, generation, snapshot } = action;
        state = reduce(state, {
          seq: state.seq + 1,
          time: 0,
          event: { type: "cell-started", cell, generation, snapshot },
        });
      }
    }
  };
  const hear = (message: FromKernel): void => {
    if (message.type === "open-failed") throw new Error(message.message);
    if (message.type === "cell-started") return;
    if (message.type === "kernel-ready") view = { ...view, process: "ready" };
    record(message);
    if (message.type === "kernel-ready") wake();
    if (message.type !== "cell-finished") return;
    waiting -= 1;
    if (waiting === 0) wake();
  };
  const settled = (cells: number): Promise<void> => {
    waiting = cells;
    return new Promise((resolve) => {
      wake = resolve;
    });
  };
  const knob = 'import { input } from "palimpsest";\nconst n0 = input.number("n0", { value: 0 });';
  const cells = sources.map((used, at): Cell => {
    const source = at === 0 ? knob : `const n${at} = ${[...used.map((each) => `n${each}`), at].join(" + ")};`;
    return { id: `c${at}`, kind: "code", source, mode: "auto", options: {} };
  });
  const ready = settled(-1);
  kernel.handle({ type: "open", notebook: join(tmpdir(), "bench.ts"), workspace: tmpdir(), backend: "cpu", seed: 1 });
  view = { ...view, process: "starting" };
  await ready;
  record({ type: "opened", path: "bench.ts", cells, inputs: {} });
  const first = settled(VARIABLES);
  record({ type: "run-asked", cells: "all" });
  await first;
  return {
    change(value) {
      const done = settled(DEPENDENTS);
      record({ type: "input-set", cell: "c0", name: "n0", value });
      return done;
    },
    close: () => kernel.close(),
  };
}

async function observable(): Promise<Changing> {
  const runtime = new Runtime();
  const module = runtime.module();
  let waiting = 0;
  let wake = (): void => {};
  const fulfilled = (): void => {
    waiting -= 1;
    if (waiting === 0) wake();
  };
  const settled = (values: number): Promise<void> => {
    waiting = values;
    return new Promise((resolve) => {
      wake = resolve;
    });
  };
  const add =
    (at: number) =>
    (...used: number[]): number =>
      used.reduce((sum, each) => sum + each, at);
  const first = settled(VARIABLES);
  for (const [at, used] of sources.entries()) {
    const inputs = used.map((each) => `n${each}`);
    module
      .variable({
        fulfilled,
        rejected: (error: Error) => {
          throw error;
        },
      })
      .define(`n${at}`, inputs, add(at));
  }
  await first;
  return {
    change(value) {
      const done = settled(1 + DEPENDENTS);
      module.redefine("n0", [], () => value);
      return done;
    },
    async close() {
      runtime.dispose();
    },
  };
}
