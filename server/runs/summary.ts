/**
 * Makes the summary of a run, which is what the list shows, from what its folder holds. A summary is small, so that a thousand of
 * them can be sent to a page at once: settings, last values, and curves of a few points.
 */
import { curvesOf } from "./curve-points.ts";
import { settingsOf } from "./settings.ts";
import {
  type KnobChange,
  type RunDescription,
  type RunSummary,
  type TableRow,
  UNMARKED,
  type Values,
} from "./types.ts";

export type RunFacts = {
  readonly key: string;
  /** The notebook's path in the workspace. */
  readonly notebook: string;
  readonly description: RunDescription;
  /** Some rows in order, among them the first and the last. */
  readonly rows: readonly TableRow[];
  readonly probes: readonly TableRow[];
  readonly knobChanges: readonly KnobChange[];
  readonly bytes: number;
};

export function summaryOf(facts: RunFacts): RunSummary {
  const { key, notebook, description, rows, probes, knobChanges, bytes } = facts;
  const { id, cell, method, status, seed, steps, message, parent, config, checkpoints = [] } = description;
  const [started, ended] = [description.started, description.ended].map((time) => Date.parse(time ?? ""));
  const { step = 0, ...losses } = rows.at(-1) ?? ({} as Partial<TableRow>);
  const seconds = Object.values(description.seconds ?? {}).reduce((sum, each) => sum + each, 0);
  const tokensPerStep = meanTokens(config);
  const turned = [
    ...knobChanges.map(({ name, value, step: at }) => `${name} = ${JSON.stringify(value)} at step ${at}`),
    ...(parent ? [`forked from ${parent.run} at step ${parent.step}`] : []),
  ];
  return {
    key,
    id,
    notebook,
    cell,
    method,
    status,
    ...(message !== undefined && { message }),
    seed,
    steps,
    step,
    started: Number.isFinite(started) ? started! : 0,
    ...(Number.isFinite(ended) && { ended: ended! }),
    seconds,
    settings: settingsOf(description),
    losses: finite(losses),
    probes: finite(lastValues(probes)),
    curves: curvesOf(rows, probes),
    turned: turned.join("; "),
    checkpoints: checkpoints.length,
    bytes,
    ...(tokensPerStep !== undefined && { tokensPerStep }),
    ...UNMARKED,
  };
}

/** Probes may run at different steps: the last value of each. */
function lastValues(rows: readonly TableRow[]): Record<string, number> {
  const { step: _, ...values } = Object.assign({}, ...rows) as Partial<TableRow>;
  return values as Record<string, number>;
}

function finite(values: object): Values {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

/** The run counts the tokens of its whole data, not those of each step. */
function meanTokens({ data, batch, accumulate }: RunDescription["config"]): number | undefined {
  const { samples, tokens } = (data ?? {}) as { samples?: unknown; tokens?: unknown };
  const mean = (Number(tokens) / Number(samples)) * Number(batch) * Number(accumulate ?? 1);
  return Number.isFinite(mean) && mean > 0 ? mean : undefined;
}
