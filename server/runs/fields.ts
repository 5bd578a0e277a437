/** The values of a run by name, for filters, columns and sorting. */
import type { RunSummary } from "./types.ts";

export type FieldValue = string | number | boolean | null | undefined;

const OWN: Readonly<Record<string, (run: RunSummary) => FieldValue>> = {
  id: (run) => run.id,
  key: (run) => run.key,
  notebook: (run) => run.notebook,
  cell: (run) => run.cell,
  method: (run) => run.method,
  status: (run) => run.status,
  seed: (run) => run.seed,
  steps: (run) => run.steps,
  step: (run) => run.step,
  started: (run) => run.started,
  seconds: (run) => run.seconds,
  bytes: (run) => run.bytes,
  checkpoints: (run) => run.checkpoints,
  note: (run) => run.note,
  record: (run) => run.record && (run.record.verdict ?? "not verified"),
};

/** A name that two tables have means the run's own field first, then the probe, the loss, the setting. A prefix chooses. */
export function fieldOf(run: RunSummary, name: string): FieldValue {
  const [, table, column] = /^(losses|probes|settings)\.(.+)$/s.exec(name) ?? [];
  if (table !== undefined && column !== undefined) return run[table as "losses" | "probes" | "settings"][column];
  if (Object.hasOwn(OWN, name)) return OWN[name]!(run);
  return run.probes[name] ?? run.losses[name] ?? run.settings[name];
}
