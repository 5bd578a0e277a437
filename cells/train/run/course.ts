/**
 * What a run has been through: rows, measures and changes, each told to the host as it comes. Knobs and rules follow it:
 * where the run takes up a past or goes back, its knobs stand as they stood there, and its rules have seen only that.
 */
import type { Probe } from "../../contracts.ts";
import type { ResumePoint, RunAccount, RunChange, RunSink } from "../../runs.ts";
import type { ProbeRow, Row } from "../../types.ts";
import { alerts, Judge } from "./alerts.ts";
import { changesUpTo, type KnobValues, knobsAt, type RunKnobs } from "./knobs.ts";
import { GrowingTable } from "./run-table.ts";

/** Probes, and every how many steps they measure. */
type Due = { readonly steps: number; readonly probes: readonly Probe[] };

export class Course {
  readonly sink: RunSink;
  readonly knobs: RunKnobs;
  readonly judge: Judge;
  readonly due: Due[];
  readonly rows: GrowingTable<Row>;
  readonly probes: GrowingTable<ProbeRow>;
  readonly #steps: number;
  #initial: KnobValues;
  #changes: RunChange[] = [];

  /** @param left is the course of the run that this one is a fork of; its probes and rules go on. */
  constructor(sink: RunSink, steps: number, knobs: RunKnobs, left: Course | undefined) {
    this.sink = sink;
    this.knobs = knobs;
    this.judge = left ? Judge.like(left.judge) : new Judge();
    if (!left) this.judge.alertWhen(alerts.lossSpike());
    this.due = [...(left?.due ?? [])];
    this.rows = new GrowingTable("rows", sink.id);
    this.probes = new GrowingTable("probes", sink.id);
    this.#steps = steps;
    this.#initial = knobs.values;
  }

  /** How many steps are done. */
  get step(): number {
    return this.rows.length;
  }

  get done(): boolean {
    return this.step >= this.#steps;
  }

  row(row: Row): void {
    this.rows.push(row);
    this.sink.row(row);
  }

  measured(row: ProbeRow): void {
    this.probes.push(row);
    this.sink.probe(row);
    this.judge.measured(row);
  }

  change(change: RunChange): void {
    this.#changes.push(change);
    this.sink.change(change);
  }

  async timed<T>(account: RunAccount, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.sink.spent(account, (performance.now() - started) / 1000);
    }
  }

  /** What the run had been through after a step. */
  upTo(step: number): ResumePoint {
    return {
      step,
      knobs: this.#initial,
      rows: this.rows.upTo(step),
      probes: this.probes.upTo(step),
      changes: changesUpTo(this.#changes, step).filter((change) => change.step <= step),
    };
  }

  /** Takes up this run's own past. The host has it; only here it is new. */
  recall(past: ResumePoint): void {
    for (const row of past.rows) this.rows.push(row);
    for (const row of past.probes) this.probes.push(row);
    this.#changes = [...past.changes];
    this.#standAt(past.step, past.knobs);
  }

  /** Takes up the past of another run, as if it had been this one's. */
  adopt(past: ResumePoint): void {
    for (const row of past.rows) this.row(row);
    for (const row of past.probes) this.measured(row);
    for (const change of past.changes) this.change(change);
    this.#standAt(past.step, past.knobs);
  }

  rewind(to: number): void {
    const made = { kind: "rewind", step: this.step, to } as const;
    this.rows.cut(to);
    this.probes.cut(to);
    this.#changes = [...changesUpTo(this.#changes, to), made];
    this.sink.rewind(made);
    this.#standAt(to);
  }

  /** Knobs and rules are as the course up to this step left them. */
  #standAt(step: number, initial = this.#initial): void {
    this.#initial = initial;
    this.knobs.hold(knobsAt(initial, this.#changes, step));
    this.judge.rewind(-1);
    const measured = [...this.probes.table];
    for (const row of this.rows.table) {
      while (measured[0] && measured[0].step < row.step) this.judge.measured(measured.shift()!);
      this.judge.saw(row);
    }
    for (const row of measured) this.judge.measured(row);
  }
}
