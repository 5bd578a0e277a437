/** What a shared page shows of a record. Its cells were recorded with their code, so nothing in it is stale. */
import { analyse } from "../notebook/language/analyse.ts";
import { parseNotebook } from "../notebook/source/parse.ts";
import type { ExperimentRecord, RecordedRunInfo } from "../records/record.ts";
import type { RunState } from "../state/state.ts";
import type { CellOutputs, ProbeRow, Row } from "../values.ts";
import { nameOf, titleOf } from "./from-session.ts";
import type { Mark, Shared, SharedInput, SharedRecord } from "./shared.ts";

export type RecordParts = {
  readonly record: ExperimentRecord;
  readonly digest: string | undefined;
  readonly text: string;
  readonly outputs: readonly CellOutputs[];
  readonly tables: ReadonlyMap<string, { readonly rows: readonly Row[]; readonly probes: readonly ProbeRow[] }>;
  readonly certificate: SharedRecord["certificate"];
};

export function sharedRecord({ record, digest, text, outputs, tables, certificate }: RecordParts): Shared {
  const { cells } = parseNotebook(text);
  const shown = new Map(outputs.map(({ cell, outputs }) => [cell, outputs]));
  const recorded = new Map(record.cells.map((each) => [each.id, each]));
  const { id, status, created, seed, environment, models, data, name, note, inputs } = record;
  return {
    title: name || titleOf(cells, record.notebook),
    notebook: { name: nameOf(record.notebook), text },
    cells: cells.map((cell) => {
      const found = recorded.get(cell.id);
      return {
        cell,
        mark: cell.kind === "markdown" ? "fresh" : markOf(found?.status),
        outputs: shown.get(cell.id) ?? [],
        console: [],
        inputs: cell.kind === "code" ? inputsOf(cell.source, inputs) : [],
        errors: found?.error === undefined ? [] : [{ message: found.error }],
      };
    }),
    runs: Object.fromEntries(record.runs.map((run) => [run.id, runOf(run, tables.get(run.id))])),
    inputs,
    ...(note !== undefined && note !== "" && { note }),
    record: {
      ...{ id, status, created, seed, environment },
      ...(digest !== undefined && { digest }),
      models: models.map(({ name, origin }) => ({ name, origin })),
      data: data.map(({ path, bytes, included }) => ({ path, bytes, included })),
      ...(certificate && { certificate }),
    },
  };
}

function markOf(status: string | undefined): Mark {
  switch (status) {
    case "done":
      return "fresh";
    case "failed":
    case "stopped":
    case "running":
      return status;
    case "queued":
      return "running";
    case "blocked":
      return "stopped";
    default:
      return "not run";
  }
}

/** The inputs that the cell declares, with their recorded values. The record does not keep labels. */
function inputsOf(source: string, values: ExperimentRecord["inputs"]): SharedInput[] {
  return analyse(source).inputs.flatMap(({ name, kind, live }) => {
    const value = values[name];
    return value === undefined ? [] : [{ name, label: name, value, live, kind }];
  });
}

function runOf(
  run: RecordedRunInfo,
  tables: { rows: readonly Row[]; probes: readonly ProbeRow[] } | undefined,
): RunState {
  const { id, cell, method, steps, config, knobs, parent, status, message, changes } = run;
  return {
    info: {
      ...{ id, cell, method, steps, config, knobs },
      generation: 0,
      snapshot: "",
      folder: "",
      ...(parent && { parent: { run: parent.run, step: parent.step, ...(parent.asked && { asked: true as const }) } }),
    },
    status,
    ...(message !== undefined && { message }),
    rows: tables?.rows ?? [],
    probes: tables?.probes ?? [],
    changes,
    checkpoints: [],
  };
}
