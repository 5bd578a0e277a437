/**
 * The history of a run: rows, probe measurements and changes, each passed on to the host as it is added. The knobs and
 * the rules follow the history: after a resume, a fork or a rewind the knobs have the values that they had at that
 * step, and the rules have seen only the rows up to it.
 */
import type { Probe } from "../../contracts.ts";
import type { ResumePoint, RunAccount, RunChange, RunSink } from "../../runs.ts";
import type { ProbeRow, Row } from "../../types.ts";
import { alerts } from "./alerts.ts";
import { changesUpTo, knobsAt } from "./changes.ts";
import { GrowingTable } from "./growing-table.ts";
import type { KnobValues, RunKnobs } from "./knobs.ts";
import { RunRules } from "./rules.ts";

export class History {
  readonly sink: RunSink;
  readonly knobs: RunKnobs;
  readonly rules: RunRules;
  readonly rows: GrowingTable<Row>;
  readonly probes: GrowingTable<ProbeRow>;
  /** Which probes to measure, and after how many steps each time. */
  readonly schedule: { readonly every: number; readonly probes: readonly Probe[] }[];
  /** How many steps the run has in all. The first phase may find another number than was expected. */
  steps: number;
  #initialKnobs: KnobValues;
  #changes: RunChange[] = [];

  /** @param parent the history of the run that this one is forked from; its probes and rules apply here too */
  constructor(sink: RunSink, steps: number, knobs: RunKnobs, parent: History | undefined) {
    this.sink = sink;
    this.knobs = knobs;
    this.rules = new RunRules(parent?.rules);
    if (!parent) this.rules.alertWhen(alerts.lossSpike());
    this.rows = new GrowingTable("rows", sink.id);
    this.probes = new GrowingTable("probes", sink.id);
    this.schedule = [...(parent?.schedule ?? [])];
    this.steps = steps;
    this.#initialKnobs = knobs.values;
  }

  /** The number of steps done. */
  get step(): number {
    return this.rows.length;
  }

  /** Whether all steps are done. */
  get complete(): boolean {
    return this.step >= this.steps;
  }

  addRow(row: Row): void {
    this.rows.push(row);
    this.sink.row(row);
  }

  addProbes(row: ProbeRow): void {
    this.probes.push(row);
    this.sink.probe(row);
    this.rules.sawProbes(row);
  }

  addChange(change: RunChange): void {
    this.#changes.push(change);
    this.sink.change(change);
  }

  /** Adds an alert, unless a resumed or forked run has it from its past. */
  addAlertOnce({ name, message }: { readonly name: string; readonly message: string }): void {
    const isKnown = this.#changes.some(
      (each) => each.kind === "alert" && each.name === name && each.message === message,
    );
    if (!isKnown) this.addChange({ kind: "alert", step: this.step, name, message });
  }

  /** The probes to measure after the present step: none if they have been measured, all after the last step. */
  dueProbes(): readonly Probe[] {
    if (this.probes.last?.step === this.step) return [];
    const due = this.schedule.filter(({ every }) => this.step % every === 0 || this.complete);
    return due.flatMap(({ probes }) => probes);
  }

  /** Does some work and counts its time. */
  async timed<T>(account: RunAccount, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.sink.spent(account, (performance.now() - started) / 1000);
    }
  }

  /** The history as it was after a step. */
  upTo(step: number): ResumePoint {
    return {
      step,
      knobs: this.#initialKnobs,
      rows: this.rows.upTo(step),
      probes: this.probes.upTo(step),
      changes: this.#changes.filter((change) => change.step <= step),
    };
  }

  /** Continues this run's own history, which the host already has. */
  resume(saved: ResumePoint): void {
    for (const row of saved.rows) this.rows.push(row);
    for (const row of saved.probes) this.probes.push(row);
    this.#changes = [...saved.changes];
    this.#initialKnobs = saved.knobs;
    this.#restoreKnobsAndRules(saved.step);
  }

  /** Takes over the history of another run as this run's own. */
  copy(shared: ResumePoint): void {
    for (const row of shared.rows) this.addRow(row);
    for (const row of shared.probes) this.addProbes(row);
    for (const change of shared.changes) this.addChange(change);
    this.#initialKnobs = shared.knobs;
    this.#restoreKnobsAndRules(shared.step);
  }

  /** Drops everything after the step `to`. */
  rewind(to: number): void {
    const rewind = { kind: "rewind", step: this.step, to } as const;
    this.rows.cut(to);
    this.probes.cut(to);
    this.#changes = [...changesUpTo(this.#changes, to), rewind];
    this.sink.rewind(rewind);
    this.#restoreKnobsAndRules(to);
  }

  #restoreKnobsAndRules(step: number): void {
    this.knobs.restore(knobsAt(this.#initialKnobs, this.#changes, step));
    this.rules.reset();
    const measured = [...this.probes.table];
    for (const row of this.rows.table) {
      while (measured[0] && measured[0].step < row.step) this.rules.sawProbes(measured.shift()!);
      this.rules.sawRow(row);
    }
    for (const row of measured) this.rules.sawProbes(row);
  }
}
