/** The form of a run as the list, the comparison and the filter see it. */
import type { InputValue, RunStatus } from "../values.ts";

export type Setting = string | number | boolean | null;
export type Settings = Readonly<Record<string, Setting>>;

/** `measure`: the column that is drawn. */
export type Curve = { readonly measure: string; readonly points: readonly (readonly [step: number, value: number])[] };

/** What `run.json` says, or a record about one of its runs. */
export type RunDescription = {
  readonly id: string;
  readonly notebook: string;
  readonly cell: string;
  readonly method: string;
  readonly steps: number;
  readonly seed: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly prepared?: readonly string[] | undefined;
  readonly knobs?: Readonly<Record<string, InputValue>> | undefined;
  readonly parent?: { readonly run: string; readonly step: number } | undefined;
  readonly status: RunStatus;
  /** ISO 8601. */
  readonly started: string;
  readonly ended?: string | undefined;
  readonly seconds?: Readonly<Record<string, number>> | undefined;
  readonly checkpoints?: readonly { readonly step: number; readonly marked: boolean }[] | undefined;
  readonly message?: string | undefined;
};

export type Values = Readonly<Record<string, number>>;
/** A record of a table that was read; a value may be missing. */
export type TableRow = Values & { readonly step: number };
export type KnobChange = { readonly step: number; readonly name: string; readonly value: InputValue };

export const verdicts = ["identical", "within tolerance", "different"] as const;
/** The record that a run belongs to, and what its certificate says. */
export type RecordBadge = {
  readonly id: string;
  /** Its folder relative to the workspace. */
  readonly key: string;
  readonly verdict?: (typeof verdicts)[number];
  /** When it was verified, ISO 8601. */
  readonly verified?: string;
  /** How many of the trainings' steps were compared, if that was only the beginnings or some stretches. */
  readonly covered?: { readonly kind: "steps" | "segments"; readonly steps: number; readonly of: number };
};

/** What the user adds to a run. */
export type Marks = { readonly note: string; readonly tags: readonly string[]; readonly pinned: boolean };
export const UNMARKED: Marks = { note: "", tags: [], pinned: false };

export type RunSummary = {
  /** Its folder relative to the workspace: unique, where ids are not if a folder was copied. */
  readonly key: string;
  readonly id: string;
  readonly notebook: string;
  readonly cell: string;
  readonly method: string;
  readonly status: RunStatus;
  readonly message?: string;
  readonly seed: number;
  readonly steps: number;
  /** The last step that it has reported. */
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended?: number;
  /** Seconds of work: steps, probes and checkpoints. */
  readonly seconds: number;
  readonly settings: Settings;
  /** The last row's columns, and the last values of the probes. */
  readonly losses: Values;
  readonly probes: Values;
  readonly curves: { readonly loss?: Curve; readonly forgetting?: Curve; readonly refusal?: Curve };
  /** The knobs that were turned while it ran, and the run that it was forked from, as text: a part of what the run is. */
  readonly turned: string;
  readonly checkpoints: number;
  readonly bytes: number;
  /** The mean tokens of a step, where the run says how long its data is. */
  readonly tokensPerStep?: number;
  readonly record?: RecordBadge;
} & Marks;
