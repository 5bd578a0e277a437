/**
 * What page and server say to each other about sweeps.
 *
 *     GET  /api/sweeps                           SweepSummary[], the latest first
 *     GET  /api/sweeps/one?sweep=key             SweepDetails, with an ETag; &x=&y= the columns of the Pareto front, with a
 *                                                minus where less is better; &down=&across= the inputs of the heat map
 *     GET  /api/sweeps/log?sweep=key&entry=id    EntryLog
 *     POST /api/sweeps          StartOrder       SweepKey; 201
 *     POST /api/sweeps/again    AgainOrder       SweepKey
 *     POST /api/sweeps/cancel   SweepKey         {}
 *
 * A request that fails is answered with a 4xx {message}.
 */
import type { InputValue } from "../values.ts";
import type { Settings } from "./entries.ts";
import type { FoldedRow } from "./folded.ts";
import type { Heat } from "./heat.ts";
import type { Axes } from "./pareto.ts";
import type { EntryResult, EntryStatus } from "./sweep-folder.ts";

/** Its place: the folder of the notebook, the name of the sweep's folder, the id of what was asked for. */
export type SweepKey = { readonly sweep: string };
/** `entries`: they run again although they are done. */
export type AgainOrder = SweepKey & { readonly entries: readonly string[] };

export type StartOrder = {
  readonly notebook: string;
  readonly grid: readonly { readonly name: string; readonly values: readonly InputValue[] }[];
  readonly ranges: readonly {
    readonly name: string;
    readonly low: number;
    readonly high: number;
    readonly scale: "linear" | "log";
    /** `whole`: only whole numbers are drawn. */
    readonly numbers: "whole" | "any";
  }[];
  /** How often the ranges are drawn from. */
  readonly draws: number;
  /** Inputs that have one value in all entries. */
  readonly fixed: readonly { readonly name: string; readonly value: InputValue }[];
  /** The seeds 1 to this. */
  readonly seeds: number;
  /** How many entries run at once; the default if left out. */
  readonly jobs?: number;
  readonly on: "local" | "slurm";
};

export type StatusCounts = Readonly<Record<EntryStatus, number>>;
export type SweepSummary = {
  readonly key: string;
  readonly notebook: string;
  /** Milliseconds since 1970: when it was asked for the first time, and the last time. */
  readonly created: number;
  readonly started: number;
  readonly on: "local" | "slurm";
  /** The inputs that vary, or were set where none varies, with their values as texts; and the number of seeds. */
  readonly inputs: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly seeds: number;
  readonly counts: StatusCounts;
  /** Whether something works at it. */
  readonly active: "yes" | "no";
};

export type ListedEntry = {
  readonly id: string;
  readonly settings: Settings;
  readonly seed: number;
  readonly status: EntryStatus;
  readonly results: readonly EntryResult[];
  /** The key of its record, if it lies in the workspace. */
  readonly record?: string;
};
/** `seeds`: over how many its means are at most. */
export type ListedRow = FoldedRow & { readonly seeds: number; readonly place: "front" | "behind" | "none" };

export type SweepDetails = SweepSummary & {
  /** Does the same in a terminal, in the folder of the notebook. */
  readonly command: string;
  /** Why the command ended, if it failed. */
  readonly fault?: string;
  readonly entries: readonly ListedEntry[];
  readonly measures: readonly string[];
  readonly rows: readonly ListedRow[];
  /** What the front is about. */
  readonly axes?: Axes;
  readonly heats: readonly Heat[];
};

/** The end of it. `cut`: how many bytes before it are left out. */
export type EntryLog = { readonly text: string; readonly cut: number };
