/**
 * The best measurement of a probe's column, and keeping the state that it measured: a checkpoint that stays, and the trained
 * weights in a folder of their own.
 */
import type { Best } from "../../contracts.ts";
import type { RunSink } from "../../runs.ts";
import type { ProbeRow } from "../../types.ts";
import type { Mode } from "./stopping.ts";

export class BestMeasurements {
  readonly #rows: Iterable<ProbeRow>;
  readonly #kept = new Map<string, Best>();

  constructor(rows: Iterable<ProbeRow>) {
    this.#rows = rows;
  }

  /** Begins to keep the best state by this column. @throws if `mode` is neither "max" nor "min" */
  keep(column: string, mode: Mode): Best {
    if (mode !== "max" && mode !== "min")
      throw new Error(`run.best("${column}", …) takes "max" or "min", not ${JSON.stringify(mode)}.`);
    const key = `${mode} ${column}`;
    const rows = this.#rows;
    const known = this.#kept.get(key);
    if (known) return known;
    const best: Best = {
      column,
      mode,
      get step() {
        return bestRow(rows, column, mode)?.step;
      },
      get value() {
        return bestRow(rows, column, mode)?.[column];
      },
      folder: `best/${mode}-${column.replace(/[^\p{L}\p{N}_-]+/gu, "_")}`,
    };
    this.#kept.set(key, best);
    return best;
  }

  /** The steps of the best measurements. */
  get steps(): readonly number[] {
    return [...this.#kept.values()].flatMap(({ step }) => (step === undefined ? [] : [step]));
  }

  /** Those whose best value is that of this step. */
  at(step: number): readonly Best[] {
    return [...this.#kept.values()].filter((best) => best.step === step);
  }
}

/** The first of equal values counts. */
function bestRow(rows: Iterable<ProbeRow>, column: string, mode: Mode): ProbeRow | undefined {
  let best: ProbeRow | undefined;
  for (const row of rows) {
    const [value, before] = [row[column], best?.[column]];
    if (value === undefined) continue;
    if (before === undefined || (mode === "max" ? value > before : value < before)) best = row;
  }
  return best;
}

/** A sink that writes its files into a folder of the run's folder. */
export function inFolder(sink: RunSink, folder: string): Pick<RunSink, "file"> {
  return { file: (path, data) => sink.file(`${folder}/${path}`, data) };
}
