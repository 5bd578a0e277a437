/**
 * One round of a verification: follows the session that repeats a record and compares rows and measures as they come. When all that
 * the round covers is compared, it stops the session.
 */
import { join } from "node:path";
import type { SessionEvent } from "../events.ts";
import type { Used } from "../messages.ts";
import type { Session } from "../session/session.ts";
import type { RunState, SessionState } from "../state/state.ts";
import type { CellOutputs } from "../values.ts";
import { type Comparison, scalar } from "./comparison.ts";
import { backendEnvironment, decidesBits, environment, sideBySide } from "./environment.ts";
import type { OpenRecord } from "./open-record.ts";
import { compareOutputs } from "./output-comparison.ts";
import { redactionOf } from "./private-places.ts";
import { type Environment, runFolderOf } from "./record.ts";
import { redactedValue } from "./redaction.ts";
import type { Round, Target } from "./replay.ts";
import { digestOf } from "./used-files.ts";

type Followed = { readonly target: Target; readonly id: string; rows: number; probes: number };

export class Verification {
  readonly #open: OpenRecord;
  readonly #round: Round;
  readonly #comparison: Comparison;
  /** By the recorded run. */
  readonly #followed = new Map<string, Followed>();
  readonly #onDifference: () => void;
  #environment: Environment;
  #stopped = false;
  /** Whether a kernel has begun to compute. */
  ready = false;

  /** @param onDifference called at the first difference */
  constructor(open: OpenRecord, round: Round, comparison: Comparison, onDifference: () => void) {
    this.#open = open;
    this.#round = round;
    this.#comparison = comparison;
    this.#onDifference = onDifference;
    this.#environment = environment();
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** How many steps of each run were compared. */
  get verified(): ReadonlyMap<string, number> {
    return new Map([...this.#followed.values()].map(({ target, rows }) => [target.run.id, rows - target.from]));
  }

  /** Give it to the session as `onUse`. */
  readonly onUse = (used: Used): void => {
    if (used.type !== "package-used") return;
    const version = `${used.version} ${used.digest.slice(0, 16)}`;
    this.#environment = { ...this.#environment, [`package ${used.name}`]: version };
  };

  watch(session: Session): void {
    session.subscribe((logged) => {
      for (const { event } of logged) this.#follow(event, session.state);
      if (this.#round.results === "leave" && !this.#stopped && this.#covered(session.state)) {
        this.#stopped = true;
        void session.request({ type: "stop" }).catch(() => undefined);
      }
    });
  }

  /** Compares what only the end tells. */
  async finish(state: SessionState, outputs: readonly CellOutputs[], workspace: string): Promise<void> {
    for (const target of this.#round.targets) this.#compareEnd(target, state);
    if (this.#round.results === "leave") return;
    for (const target of this.#round.targets) await this.#compareAdapter(target, workspace);
    const { record, results } = this.#open;
    const steps = Math.max(0, ...this.#round.targets.map(({ to }) => to));
    for (const [at, before] of results.entries())
      this.#comparison.row("measures", { run: "results", step: steps }, before, state.results[at] ?? {});
    const extra = state.results.length - results.length;
    if (extra !== 0) this.#missing("results", "results", results.length, state.results.length);
    const redacted = redactedValue(outputs, redactionOf({ workspace, path: record.notebook }));
    const done = record.cells.filter(({ status }) => status === "done").map(({ id }) => id);
    const cells = { cells: new Set(done), step: steps };
    compareOutputs(this.#comparison, this.#open.outputs, this.#withRecordedIds(redacted), cells);
    for (const cell of record.cells) {
      const now = state.cells.find((each) => each.cell.id === cell.id)?.status ?? "missing";
      if (cell.status !== now) this.#missing(cell.id, "status", cell.status, now);
    }
  }

  #follow(event: SessionEvent, state: SessionState): void {
    if (event.type === "kernel-ready") {
      this.ready = true;
      this.#environment = { ...this.#environment, ...backendEnvironment(event.backend) };
      const differs = sideBySide(this.#open.record.environment, this.#environment).some(
        ({ name, recorded, now }) => recorded !== now && decidesBits(name) && !name.startsWith("package "),
      );
      this.#comparison.strictness = differs ? "tolerance" : "bits";
    } else if (event.type === "run-started") this.#begin(event.run.id, state);
    else if (event.type === "run-rows" || event.type === "run-ended") {
      const followed = [...this.#followed.values()].find(({ id }) => id === event.run);
      const run = state.runs[event.run];
      if (followed && run) this.#compare(followed, run);
    }
  }

  #begin(id: string, state: SessionState): void {
    const info = state.runs[id]?.info;
    if (!info) return;
    const own = Object.values(state.runs).filter(
      ({ info: other }) => other.cell === info.cell && other.generation === info.generation,
    );
    const nth = own.findIndex((run) => run.info.id === id);
    const target = this.#round.targets.find(({ run }) => run.cell === info.cell && run.nth === nth);
    // What it continues from is the record's own.
    if (target) this.#followed.set(target.run.id, { target, id, rows: target.from, probes: 0 });
  }

  #compare(followed: Followed, { rows, probes }: RunState): void {
    const { target } = followed;
    const { run, from, to } = target;
    const recorded = this.#open.tables.get(run.id);
    if (!recorded) return;
    const had = this.#comparison.first !== undefined;
    for (; followed.rows < Math.min(rows.length, to); followed.rows++) {
      const [before, now] = [recorded.rows[followed.rows], rows[followed.rows]];
      if (before && now) this.#comparison.row("rows", { run: run.id, step: before.step }, before, now);
    }
    for (; followed.probes < probes.length; followed.probes++) {
      const now = probes[followed.probes]!;
      if (now.step > to || (now.step <= from && from > 0) || (target.end === "stopped" && now.step === to)) continue;
      const before = recorded.probes.find(({ step }) => step === now.step);
      if (before) this.#comparison.row("measures", { run: run.id, step: now.step }, before, now);
    }
    if (!had && this.#comparison.first) this.#onDifference();
  }

  #covered(state: SessionState): boolean {
    return this.#round.targets.every(({ run, to }) => {
      const followed = this.#followed.get(run.id);
      return followed !== undefined && followed.rows >= to && state.runs[followed.id]?.phase === undefined;
    });
  }

  #compareEnd({ run, to, end }: Target, state: SessionState): void {
    const followed = this.#followed.get(run.id);
    if (!followed) {
      this.#missing(run.id, "run", run.status, "missing");
      return;
    }
    const now = state.runs[followed.id];
    if (followed.rows < to) {
      const recorded = this.#open.tables.get(run.id)?.rows[followed.rows]?.loss;
      const why = now?.message === undefined ? "missing" : `missing: ${now.message}`;
      this.#comparison.value("rows", {
        run: run.id,
        step: followed.rows + 1,
        column: "loss",
        recorded: scalar(recorded),
        now: why,
      });
    } else if (end === "by itself" && this.#round.results === "compare" && now) {
      const recorded = this.#open.tables.get(run.id);
      const place = { run: run.id, step: to };
      const facts: [string, string | number, string | number][] = [
        ["status", run.status, now.status],
        ["number of rows", recorded?.rows.length ?? 0, now.rows.length],
        ["number of measures", recorded?.probes.length ?? 0, now.probes.length],
      ];
      for (const [column, before, after] of facts)
        this.#comparison.value("rows", { ...place, column, recorded: String(before), now: String(after) });
    }
  }

  /** The trained weights, bit for bit. Where tolerance applies, their rows speak for them. */
  async #compareAdapter({ run, to }: Target, workspace: string): Promise<void> {
    const path = `${runFolderOf(run.id)}/adapter/adapter_model.safetensors`;
    const recorded = this.#open.record.files.find((file) => file.path === path)?.sha256;
    const id = this.#followed.get(run.id)?.id;
    if (recorded === undefined || id === undefined) return;
    const place = join(workspace, ".palimpsest", runFolderOf(id), "adapter", "adapter_model.safetensors");
    const now = await digestOf(place).catch(() => "missing");
    if (recorded === now) return;
    if (this.#comparison.strictness === "tolerance" && now !== "missing") this.#comparison.inexact();
    else this.#comparison.value("rows", { run: run.id, step: to, column: "adapter", recorded, now });
  }

  #missing(run: string, column: string, recorded: string | number, now: string | number): void {
    this.#comparison.value("rows", { run, step: 0, column, recorded: String(recorded), now: String(now) });
  }

  #withRecordedIds<T>(value: T): T {
    const ids = new Map([...this.#followed.values()].map(({ target, id }) => [id, target.run.id]));
    return redactedValue(value, { places: ids, secrets: new Map() });
  }
}
