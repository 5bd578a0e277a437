/** What `run.json` says about a run. */
import type { RunAccount, RunChange, RunCheckpoint, RunMeta, RunStatus } from "../../cells/runs.ts";

export type RunAlert = Extract<RunChange, { kind: "alert" }>;

export type RunFacts = {
  readonly id: string;
  /** Relative to the workspace. */
  readonly notebook: string;
  readonly cell: string;
  readonly snapshot: string;
  readonly seed: number;
  readonly meta: RunMeta;
  /** The settings that the run's first phase has added. */
  readonly prepared: readonly string[];
  readonly started: Date;
  readonly seconds: Readonly<Record<RunAccount, number>>;
  readonly checkpoints: readonly RunCheckpoint[];
  readonly alerts: readonly RunAlert[];
};

export function runDescription(facts: RunFacts, status: RunStatus, message?: string): object {
  const { id, notebook, cell, snapshot, seed, meta, prepared, started, checkpoints, alerts } = facts;
  const { method, steps, config, knobs = {}, parent } = meta;
  const seconds = Object.entries(facts.seconds).map(([account, s]) => [account, Math.round(s * 1000) / 1000]);
  return {
    id,
    notebook,
    cell,
    snapshot,
    method,
    steps,
    seed,
    config,
    ...(prepared.length > 0 && { prepared }),
    knobs,
    ...(parent && { parent }),
    status,
    started: started.toISOString(),
    ...(status !== "running" && { ended: new Date().toISOString() }),
    seconds: Object.fromEntries(seconds),
    checkpoints,
    ...(alerts.length > 0 && { alerts: alerts.map(({ step, name, message }) => ({ step, name, message })) }),
    ...(message && { message }),
  };
}
