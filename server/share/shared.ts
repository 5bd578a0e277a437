/**
 * What a shared page shows, as plain data: the same for the log of a session and for a record. All outputs are whole, and
 * nothing in it names the author's machine.
 */
import type { ConsoleLine } from "../events.ts";
import type { Cell, CellError, CellId } from "../notebook/types.ts";
import type { RunState } from "../state/state.ts";
import type { InputSpec, InputValue, Output } from "../values.ts";

/**
 * How the outputs of a cell stand to its code. `fresh`: they were made with the notebook as the page shows it. `unknown`: the
 * session was written by an earlier version, which did not keep it.
 */
export type Mark = "fresh" | "stale" | "unknown" | "failed" | "stopped" | "running" | "not run" | "disabled";

export type SharedInput = {
  readonly name: string;
  readonly label: string;
  readonly value: InputValue;
  readonly live: boolean;
  /** Absent in records. */
  readonly kind?: InputSpec["kind"];
};

export type SharedCell = {
  readonly cell: Cell;
  readonly mark: Mark;
  readonly outputs: readonly Output[];
  readonly console: readonly ConsoleLine[];
  readonly inputs: readonly SharedInput[];
  readonly errors: readonly Pick<CellError, "message" | "position">[];
  /** Wall time of its last execution, in milliseconds. */
  readonly ms?: number;
};

export type SharedRecord = {
  readonly id: string;
  /** Of `record.json`; absent if the record was cut off. */
  readonly digest?: string;
  readonly status: string;
  readonly created: string;
  readonly seed: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly models: readonly { readonly name: string; readonly origin: string }[];
  readonly data: readonly { readonly path: string; readonly bytes: number; readonly included: boolean }[];
  readonly certificate?: { readonly verdict: string; readonly verified: string; readonly coverage: string };
};

export type Shared = {
  readonly title: string;
  readonly notebook: { readonly name: string; readonly text: string };
  readonly cells: readonly SharedCell[];
  readonly runs: Readonly<Record<string, RunState>>;
  readonly inputs: Readonly<Record<string, InputValue>>;
  readonly note?: string;
  /** Absent for a session that was not saved as an experiment. */
  readonly record?: SharedRecord;
};

/** The cells whose outputs may not be those of the code. */
export function markedCells({ cells }: Pick<Shared, "cells">): readonly { readonly id: CellId; readonly mark: Mark }[] {
  return cells
    .filter(({ cell, mark }) => cell.kind === "code" && mark !== "fresh" && mark !== "disabled")
    .map(({ cell, mark }) => ({ id: cell.id, mark }));
}
