/**
 * Plans how a record is repeated: in one round, or in several if stretches between checkpoints are spot-checked. A round is one
 * execution of the notebook in which each run gets its recorded knobs and changes, and stops where the round needs no more of it.
 * Pauses are left out, since they change no numbers.
 */
import { createHash } from "node:crypto";
import type { ReplayedRun } from "../messages.ts";
import type { ExperimentRecord, RecordedRunInfo } from "./record.ts";

export type Coverage =
  | { readonly kind: "all" }
  /** The beginning of each run. */
  | { readonly kind: "steps"; readonly steps: number }
  /** Stretches between checkpoints, chosen by the record's digest. */
  | { readonly kind: "segments"; readonly segments: number };

/** Rows `from + 1` to `to` of a run are compared. `end`: the run ends by itself, as it did. */
export type Target = {
  readonly run: RecordedRunInfo;
  readonly from: number;
  readonly to: number;
  readonly end: "by itself" | "stopped";
};
export type Round = {
  readonly targets: readonly Target[];
  readonly replay: readonly ReplayedRun[];
  /** The cells to run; those that they need run too. */
  readonly cells: "all" | readonly string[];
  /** Whether results and outputs come out as well. */
  readonly results: "compare" | "leave";
};

/** How much of each run the record has. */
export type Lengths = ReadonlyMap<string, number>;

export function planOf(record: ExperimentRecord, lengths: Lengths, coverage: Coverage, digest: string): Round[] {
  const runs = record.runs.filter(({ parent }) => !parent?.asked);
  switch (coverage.kind) {
    case "all": {
      const targets = runs.map((run) => target(run, 0, lengthOf(run, lengths), lengths));
      // What failed fails again at the same place; what was stopped or cut off has no end to compare.
      const results = record.status === "done" || record.status === "failed" ? "compare" : "leave";
      return [{ targets, replay: targets.map(replayed), cells: "all", results }];
    }
    case "steps": {
      const { steps } = coverage;
      const targets = runs.map((run) => target(run, 0, Math.min(steps, lengthOf(run, lengths)), lengths));
      return [round(runs, targets, lengths)];
    }
    case "segments":
      return chosen(stretches(runs, lengths), coverage.segments, digest).map((one) => round(runs, [one], lengths));
  }
}

/** The other runs go as far as the targets need: to their end if one of these started after it, else not at all. */
function round(runs: readonly RecordedRunInfo[], targets: readonly Target[], lengths: Lengths): Round {
  const needed = new Set(targets.filter(({ from }) => from === 0).flatMap(({ run }) => run.after));
  const parents = runs.flatMap(({ parent }) => parent?.run ?? []);
  const replay = runs.map((run) => {
    const own = targets.find((each) => each.run === run);
    const whole = needed.has(run.id) || parents.includes(run.id);
    if (whole && (own?.from ?? 0) === 0) return replayed(target(run, 0, lengthOf(run, lengths), lengths));
    return replayed(own ?? target(run, 0, 0, lengths));
  });
  return { targets, replay, cells: [...new Set(targets.map(({ run }) => run.cell))], results: "leave" };
}

function stretches(runs: readonly RecordedRunInfo[], lengths: Lengths): Target[] {
  return runs.flatMap((run) => {
    const length = lengthOf(run, lengths);
    const places = [0, ...run.checkpoints.filter((step) => step > 0 && step < length), length];
    const fromStart = run.parent ? 1 : 0;
    return places.slice(fromStart, -1).map((from, at) => target(run, from, places[at + fromStart + 1]!, lengths));
  });
}

/** Chooses without repetition; the same record and number always choose the same. */
function chosen(all: readonly Target[], count: number, digest: string): Target[] {
  const order = all.map((each, at) => ({ each, key: hash(`${digest} ${at}`) }));
  return order
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ each }) => each);
}

function target(run: RecordedRunInfo, from: number, to: number, lengths: Lengths): Target {
  const whole = to === lengthOf(run, lengths) && run.status !== "running" && run.status !== "interrupted";
  return { run, from, to, end: whole ? "by itself" : "stopped" };
}

function replayed({ run, from, to, end }: Target): ReplayedRun {
  const { cell, nth, knobs, id } = run;
  const inForce = run.changes.filter(({ step }) => step <= to);
  const kept = inForce.filter(({ kind }) => kind === "knob" || (kind === "stop" && end === "by itself"));
  const changes = end === "stopped" ? [...kept, { kind: "stop" as const, step: to }] : kept;
  return { cell, nth, knobs, changes, ...(from > 0 && { continues: id }) };
}

function lengthOf({ id }: RecordedRunInfo, lengths: Lengths): number {
  return lengths.get(id) ?? 0;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
