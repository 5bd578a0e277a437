/** A session without processes, for tests: it applies events and records the actions of the plan; the test plays the kernel. */
import type { LoggedEvent, SessionEvent } from "../../../server/events.ts";
import { parseNotebook } from "../../../server/notebook/source/parse.ts";
import type { CellState } from "../../../server/state/cell-state.ts";
import { type Action, type KernelView, NO_KERNEL, plan, renamedView } from "../../../server/state/plan.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { cellState, type SessionState } from "../../../server/state/state.ts";
import { inputKey } from "../../../server/state/stored-inputs.ts";
import type { InputSpec, InputValue } from "../../../server/values.ts";

export class Stage {
  state: SessionState = initialState("n.ts");
  view: KernelView = NO_KERNEL;
  readonly events: LoggedEvent[] = [];
  /** `execute a`, `end b a`, `input knobs/rank=4`, in order. */
  readonly messages: string[] = [];
  /** The generations in the kernel, according to the messages to it. */
  readonly held = new Map<string, number>();

  readonly #start: number;

  /** @param start the time of the first event, in milliseconds */
  constructor(text: string, start = 1_000) {
    this.#start = start;
    this.apply({ type: "opened", path: "n.ts", ...parseNotebook(text), inputs: {} });
  }

  apply(event: SessionEvent): void {
    if (event.type === "input-declared") {
      const inputs = new Map(this.view.inputs).set(inputKey(event.cell, event.name), event.value);
      this.view = { ...this.view, inputs };
    }
    if (event.type === "cell-renamed") {
      this.view = renamedView(this.view, event.cell, event.to);
      const held = this.held.get(event.cell);
      this.held.delete(event.cell);
      if (held !== undefined) this.held.set(event.to, held);
    }
    if (event.type === "kernel-ready") this.view = { ...this.view, process: "ready" };
    if (event.type === "kernel-ended") {
      this.view = NO_KERNEL;
      this.held.clear();
    }
    this.#log(event);
    for (let next = plan(this.state, this.view); ; next = plan(this.state, this.view)) {
      this.view = next.view;
      if (next.actions.length === 0) return;
      for (const action of next.actions) this.#perform(action);
    }
  }

  cell(id: string): CellState {
    const found = cellState(this.state, id);
    if (!found) throw new Error(`no cell ${id}`);
    return found;
  }

  status(id: string): string {
    const { status, stale } = this.cell(id);
    return stale ? `${status} stale` : status;
  }

  statuses(): Record<string, string> {
    const code = this.state.cells.filter((each) => each.analysis);
    return Object.fromEntries(code.map((each) => [each.cell.id, this.status(each.cell.id)]));
  }

  settle(id: string): void {
    this.apply({ type: "cell-settled", cell: id, generation: this.cell(id).generation });
  }

  finish(id: string, status: "done" | "failed" | "stopped" = "done", ms = 5): void {
    const { generation } = this.cell(id);
    if (status === "done") this.settle(id);
    const error = status === "failed" ? { error: { kind: "runtime" as const, message: "broke" } } : {};
    this.apply({ type: "cell-finished", cell: id, generation, status, ms, ...error });
  }

  declare(id: string, name: string, value: InputValue, live = false): void {
    const spec: InputSpec =
      typeof value === "number"
        ? { kind: "number", label: name, value, min: 0, max: 64 }
        : { kind: "text", label: name, value: String(value) };
    this.apply({ type: "input-declared", cell: id, generation: this.cell(id).generation, name, live, spec, value });
  }

  /** Finishes all running and queued cells with success. `declare` declares the inputs of a cell before it finishes. */
  complete(declare: (id: string) => void = () => undefined): void {
    if (this.view.process === "starting") this.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    for (let running = this.#running(); running !== undefined; running = this.#running()) {
      declare(running);
      this.finish(running);
    }
  }

  ask(...cells: readonly string[]): void {
    this.apply({ type: "run-asked", cells });
  }

  /** The messages since the last call. */
  taken(): readonly string[] {
    return this.messages.splice(0);
  }

  #running(): string | undefined {
    return this.state.cells.find((each) => each.status === "running")?.cell.id;
  }

  #perform(action: Action): void {
    switch (action.type) {
      case "start-kernel":
        this.#log({ type: "kernel-starting" });
        return;
      case "execute": {
        this.messages.push(`execute ${action.cell}${action.cache ? ` cache=${action.cache}` : ""}`);
        const { cell, generation, snapshot } = action;
        if (this.held.has(cell))
          throw new Error(`${cell} was started before its generation ${this.held.get(cell)} ended`);
        this.held.set(cell, generation);
        this.#log({ type: "cell-started", cell, generation, snapshot });
        return;
      }
      case "end":
        this.messages.push(`end ${action.cells.join(" ")}`);
        for (const cell of action.cells)
          if (!this.held.delete(cell)) throw new Error(`${cell} was ended but had no generation`);
        return;
      case "input":
        this.messages.push(`input ${action.cell}/${action.name}=${action.value}`);
        return;
      default:
        throw new Error(`A plan cannot contain ${action.type}`);
    }
  }

  #log(event: SessionEvent): void {
    const logged = { seq: this.state.seq + 1, time: this.#start + this.state.seq, event };
    this.events.push(logged);
    this.state = reduce(this.state, logged);
  }
}
