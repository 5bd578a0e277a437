/**
 * A state as a list of parts, each plain data of a bounded size, and back. With them a page opens, and a log starts: both
 * then cost what the notebook holds now, and not what ever happened. What follows from the rest (analyses, topology,
 * snapshots, blocked cells) is computed again.
 */
import { topology } from "../notebook/graph/topology.ts";
import { analyse } from "../notebook/language/analyse.ts";
import type { LiveTable, ProbeRow, Row } from "../values.ts";
import type { CellState, Phase } from "./cell-state.ts";
import { inPhase } from "./cell-state.ts";
import { recomputed } from "./consistency.ts";
import { restructured } from "./freshness.ts";
import type { RunState, SessionState } from "./state.ts";

/** What the cells as they are now decide. */
const DERIVED = ["analysis", "errors", "warnings", "snapshot", "stale"] as const;
type Derived = (typeof DERIVED)[number];
/** Keeps the union of phases, which `Omit` alone would merge into one. */
type WithoutDerived<T> = T extends unknown ? Omit<T, Derived> : never;

/** A blocked cell counts as idle: what blocks it follows from the rest. */
export type CellPart = WithoutDerived<Exclude<CellState, { readonly status: "blocked" }>>;

/** A number of a row; `null` for one that is not finite, and an empty string where the row has no such column. */
export type Entry = number | null | "";

export type StatePart =
  | ({ readonly part: "session" } & Pick<
      SessionState,
      | "path"
      | "seq"
      | "inputValues"
      | "kernel"
      | "tensorBytes"
      | "memory"
      | "settings"
      | "files"
      | "userRan"
      | "pending"
      | "question"
      | "notice"
    >)
  | { readonly part: "cell" | "removed"; readonly cell: CellPart }
  | { readonly part: "run"; readonly run: Omit<RunState, LiveTable> }
  /** The next rows of the run before it. */
  | {
      readonly part: "rows";
      readonly table: LiveTable;
      readonly length: number;
      readonly columns: Readonly<Record<string, readonly Entry[]>>;
    };

/** The most rows in one part. */
const ROWS = 20_000;

/** The first part is the session. */
export function* partsOf(state: SessionState): Generator<StatePart> {
  const { path, seq, inputValues, kernel, tensorBytes, memory, settings, files, userRan, pending, question, notice } =
    state;
  const session = { path, seq, inputValues, kernel, tensorBytes, settings, files, userRan };
  yield {
    part: "session",
    ...session,
    ...(memory && { memory }),
    ...(pending && { pending }),
    ...(question && { question }),
    ...(notice && { notice }),
  };
  for (const cell of state.cells) yield { part: "cell", cell: cellPart(cell) };
  for (const cell of state.removed) yield { part: "removed", cell: cellPart(cell) };
  for (const { rows, probes, ...run } of Object.values(state.runs)) {
    yield { part: "run", run };
    yield* tableParts("rows", rows);
    yield* tableParts("probes", probes);
  }
}

/** @throws if the first part is not the session, or rows come before any run */
export function stateOf(parts: Iterable<StatePart>): SessionState {
  let session: Extract<StatePart, { readonly part: "session" }> | undefined;
  const cells: CellState[] = [];
  const removed: CellState[] = [];
  const runs: Record<string, RunState> = {};
  let tables: Record<LiveTable, unknown[]> | undefined;
  for (const each of parts) {
    switch (each.part) {
      case "session":
        session = each;
        break;
      case "cell":
        cells.push(cellState(each.cell));
        break;
      case "removed":
        removed.push(cellState(each.cell));
        break;
      case "run": {
        const opened = { rows: [] as Row[], probes: [] as ProbeRow[] };
        tables = opened;
        runs[each.run.info.id] = { ...each.run, ...opened };
        break;
      }
      case "rows":
        if (!tables) throw new Error("A state cannot have rows before its first run.");
        for (const row of rowsOf(each)) tables[each.table].push(row);
        break;
    }
  }
  if (!session) throw new Error("A state must begin with its session.");
  const { part, ...facts } = session;
  return recomputed(
    restructured({
      ...facts,
      cells,
      removed,
      runs,
      changed: "any",
      topology: topology([]),
      places: new Map(),
      blockers: new Map(),
      streamCells: [],
      rewired: [],
      results: cells.flatMap(({ results }) => results),
    }),
  );
}

function cellPart(cell: CellState): CellPart {
  const part: Partial<CellState> = { ...unblocked(cell) };
  for (const field of DERIVED) delete part[field];
  return part as CellPart;
}

function unblocked(cell: CellState): CellState {
  return cell.status === "blocked" ? inPhase(cell, { status: "idle" } satisfies Phase) : cell;
}

function cellState(part: CellPart): CellState {
  const analysis = part.cell.kind === "code" ? analyse(part.cell.source) : undefined;
  return { ...part, errors: [], snapshot: "", stale: false, ...(analysis && { analysis }) } as CellState;
}

function* tableParts(table: LiveTable, rows: readonly (Row | ProbeRow)[]): Generator<StatePart> {
  for (let from = 0; from < rows.length; from += ROWS) {
    const some = rows.slice(from, from + ROWS);
    const columns: Record<string, Entry[]> = {};
    for (const [index, row] of some.entries()) {
      for (const name in row) {
        columns[name] ??= new Array<Entry>(some.length).fill("");
        columns[name][index] = row[name] ?? null;
      }
    }
    yield { part: "rows", table, length: some.length, columns };
  }
}

function* rowsOf({ length, columns }: Extract<StatePart, { readonly part: "rows" }>): Generator<unknown> {
  const entries = Object.entries(columns);
  for (let index = 0; index < length; index++) {
    const row: Record<string, number | null> = {};
    for (const [name, column] of entries) {
      const entry = column[index];
      if (entry !== undefined && entry !== "") row[name] = entry;
    }
    yield row;
  }
}
