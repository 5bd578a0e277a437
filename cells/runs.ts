/** What is recorded about a run, and the sink that a training writes it to. */
import type { InputValue } from "./inputs.ts";
import type { ProbeRow, Row } from "./types.ts";

export type RunMeta = {
  readonly method: string;
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** The values, at the start, of the live inputs that the run reads at each step, by name. */
  readonly knobs?: Readonly<Record<string, InputValue>>;
  /** The run and step that a fork starts from. `asked`: the user forked it in the page, so no code refers to it; charts of the parent run show it too. */
  readonly parent?: { readonly run: string; readonly step: number; readonly asked?: true };
};

export type RunStatus = "running" | "done" | "stopped" | "failed";

/**
 * An event during a run. A knob's value is valid from its step on; all other events happened after that many steps.
 * `rewind`: rows and changes after the step `to` were dropped. `restart`: the kernel had ended, and the run continues from its
 * checkpoint at `to`.
 */
export type RunChange =
  | { readonly kind: "knob"; readonly step: number; readonly name: string; readonly value: InputValue }
  | { readonly kind: "pause" | "resume"; readonly step: number }
  /** `rule`: the reason that a stop rule gave. */
  | { readonly kind: "stop"; readonly step: number; readonly rule?: string }
  | { readonly kind: "rewind"; readonly step: number; readonly to: number }
  | { readonly kind: "restart"; readonly step: number; readonly to: number }
  | { readonly kind: "fork"; readonly step: number; readonly parent: string }
  | { readonly kind: "alert"; readonly step: number; readonly name: string; readonly message: string };

/** An instruction to a run, from code or from the page. It takes effect before the next step. */
export type RunOrder =
  | { readonly type: "pause" | "resume" | "stop" }
  /** Does this many steps, then pauses. */
  | { readonly type: "step"; readonly steps: number }
  /** Saves the current state, until the run's folder is deleted. */
  | { readonly type: "checkpoint" }
  | { readonly type: "rewind"; readonly to: number }
  /** Starts another run of the same cell from a checkpoint of this one, with other knob values. */
  | { readonly type: "fork"; readonly at: number; readonly knobs: Readonly<Record<string, InputValue>> };

/** A saved state that a run can go back to. Only the latest few unmarked checkpoints are kept. */
export type RunCheckpoint = {
  readonly step: number;
  readonly marked: boolean;
  /** It is marked only because its state is the best by a column, and until there is a better one. */
  readonly best?: true;
};

/** `marked` stays until the run's folder is deleted, `best` until there is a better one; of the temporary ones only the latest stay. */
export type CheckpointKind = "temporary" | "marked" | "best";

/** One item of a test, and what the model made of it. */
export type ItemAnswer = {
  readonly prompt: string;
  /** The reference, or the right answer; absent where there is none, as of requests. */
  readonly expected?: string;
  readonly answer: string;
  /** Of flags 1 or 0: right or wrong, refused or not. Otherwise a fraction from 0 to 1. */
  readonly score: number;
  /** The direction or the family. The score of a test is the mean over its groups of the mean of their items. */
  readonly group?: string;
};

/** The answers behind one measure of an evaluation or a probe: the items of a test set with their scores. */
export type TestAnswers = {
  readonly measure: string;
  readonly kind: "flags" | "scores";
  readonly better: "higher" | "lower";
  readonly items: readonly ItemAnswer[];
};

/** What a run's time is spent on. */
export type RunAccount = "steps" | "probes" | "checkpoints";

/** The records of a run up to its last checkpoint, from which it continues after its kernel ended. */
export type ResumePoint = {
  readonly step: number;
  readonly knobs: Readonly<Record<string, InputValue>>;
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};

/** Receives the records of a run. Every call is cheap and calls keep their order; the host takes care of writing to disk. */
export interface RunSink {
  readonly id: string;
  /** Aborts when the run's cell ends or the user stops the run. */
  readonly signal: AbortSignal;
  row(row: Row): void;
  probe(row: ProbeRow): void;
  /** Set if this run continues one that was cut off. The host provides its records; the training restores the state. */
  readonly resumeFrom?: ResumePoint;
  /** Set if this run repeats a recorded one: the values of its knobs at the start, and its changes. */
  readonly replay?: { readonly knobs: ResumePoint["knobs"]; readonly changes: readonly RunChange[] };
  change(change: RunChange): void;
  readonly checkpoints: readonly RunCheckpoint[];
  /** Writes the state after a step. All earlier rows are on disk before it. Deletes older unmarked checkpoints. */
  checkpoint(step: number, state: Uint8Array, kind: CheckpointKind): Promise<void>;
  /** Of the checkpoints that are kept as the best, all others become unmarked. */
  keepBest(steps: readonly number[]): Promise<void>;
  /** The state after a step. @throws naming the existing checkpoints if that step has none. */
  state(step: number): Promise<Uint8Array>;
  /** Drops rows, probes, changes and checkpoints after the step `to`, and records the rewind. */
  rewind(change: Extract<RunChange, { kind: "rewind" }>): void;
  /** What the run does before its first step, and how far it is. */
  phase(label: string, done: number, total: number): void;
  /** The first phase is over: these settings, and the number of steps, were not known before. */
  prepared(config: RunMeta["config"], steps: number): void;
  /** Adds to the time that the run's record reports. */
  spent(account: RunAccount, seconds: number): void;
  /** Writes the answers of tests, measured after that many steps, in the place of earlier ones. Also after the run's end. */
  answers(step: number, tests: readonly TestAnswers[]): Promise<void>;
  /** Writes a file to the run's folder, at a path relative to it: `adapter/adapter_config.json`. */
  file(path: string, data: Uint8Array | string): Promise<void>;
  end(status: Exclude<RunStatus, "running">, message?: string): Promise<void>;
}
