/**
 * The port between cells and whatever runs them. In the workbench that is the kernel process; in a plain script or a
 * test it is the bare host below, which keeps everything in memory. `cells/` reaches files, inputs, outputs and runs
 * only through here, so that a notebook can one day run in a browser worker.
 *
 * The host finds the calling cell by itself (async context), so no function takes a cell.
 */
import type { Output } from "./output.ts";
import type { ProbeRow, Result, Row } from "./types.ts";

export type InputSpec =
  | {
      readonly kind: "range";
      readonly label: string;
      readonly value: number;
      readonly min: number;
      readonly max: number;
      readonly step: number;
    }
  | {
      readonly kind: "number";
      readonly label: string;
      readonly value: number;
      readonly min?: number;
      readonly max?: number;
      readonly step?: number;
    }
  | { readonly kind: "choice"; readonly label: string; readonly value: string; readonly options: readonly string[] }
  | { readonly kind: "text"; readonly label: string; readonly value: string; readonly placeholder?: string }
  | {
      readonly kind: "textarea";
      readonly label: string;
      readonly value: string;
      readonly rows: number;
      readonly placeholder?: string;
    }
  | { readonly kind: "toggle"; readonly label: string; readonly value: boolean }
  | {
      readonly kind: "many";
      readonly label: string;
      readonly value: readonly string[];
      readonly options: readonly string[];
    }
  /** Its value is how often it was pressed. */
  | { readonly kind: "button"; readonly label: string; readonly value: number }
  /** Its value is a path relative to the notebook, empty where there is none. */
  | { readonly kind: "file"; readonly label: string; readonly value: string; readonly accept?: string }
  | {
      readonly kind: "table";
      readonly label: string;
      readonly value: readonly TableRow[];
      readonly columns: readonly { readonly name: string; readonly kind: "number" | "string" | "boolean" }[];
    };
export type TableRow = Readonly<Record<string, number | string | boolean>>;
export type InputValue = number | string | boolean | readonly string[] | readonly TableRow[];

/** A knob that a running cell reads at each step. */
export type Live<T> = { readonly value: T };

export type RunMeta = {
  readonly method: string;
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the knobs that it reads at each step stand at when it begins, by name. */
  readonly knobs?: Readonly<Record<string, InputValue>>;
  /** Where a fork left the run that it is a fork of. `asked`: by the user, so that no code knows of it and charts of the run show it too. */
  readonly parent?: { readonly run: string; readonly step: number; readonly asked?: true };
};
export type RunStatus = "running" | "done" | "stopped" | "failed";

/**
 * Something that happened to a run while it went on. A knob's value holds from its step on; everything else took place
 * after that many steps. `rewind`: rows and changes after the step `to` were dropped; `restart`: the kernel had ended, and the
 * run goes on from its checkpoint.
 */
export type RunChange =
  | { readonly kind: "knob"; readonly step: number; readonly name: string; readonly value: InputValue }
  | { readonly kind: "pause" | "resume"; readonly step: number }
  /** `rule`: what a stop rule said. */
  | { readonly kind: "stop"; readonly step: number; readonly rule?: string }
  | { readonly kind: "rewind"; readonly step: number; readonly to: number }
  | { readonly kind: "restart"; readonly step: number; readonly to: number }
  | { readonly kind: "fork"; readonly step: number; readonly parent: string }
  | { readonly kind: "alert"; readonly step: number; readonly name: string; readonly message: string };

/** What a run is asked to do, by code or by the page. It obeys before its next step. */
export type RunOrder =
  | { readonly type: "pause" | "resume" | "stop" }
  /** Does so many steps, then pauses. */
  | { readonly type: "step"; readonly steps: number }
  /** Keeps the state as it is now, until the run's folder is deleted. */
  | { readonly type: "checkpoint" }
  | { readonly type: "rewind"; readonly to: number }
  /** Begins another run of the same cell where this one had a checkpoint, with other values of knobs. */
  | { readonly type: "fork"; readonly at: number; readonly knobs: Readonly<Record<string, InputValue>> };

/** A state that a run can go back to. Of the unmarked ones only the latest few are kept. */
export type RunCheckpoint = { readonly step: number; readonly marked: boolean };

/** What a run's wall time went into. */
export type RunAccount = "steps" | "probes" | "checkpoints";

/** What a run left that was cut off by the end of its kernel, as it was at its last checkpoint. */
export type RunPast = {
  readonly step: number;
  readonly knobs: Readonly<Record<string, InputValue>>;
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};

/** Where a run's records go. Every call is cheap and ordered; writing to disk is the host's concern. */
export interface RunSink {
  readonly id: string;
  /** Aborts when the run's cell ends or the user stops the run. */
  readonly signal: AbortSignal;
  row(row: Row): void;
  probe(row: ProbeRow): void;
  /** Where this run goes on with one that was cut off: the host tells what is gone, the training restores the state. */
  readonly past?: RunPast;
  change(change: RunChange): void;
  readonly checkpoints: readonly RunCheckpoint[];
  /** Writes the state after a step; rows told before are on the disk first. Older unmarked checkpoints go. */
  checkpoint(step: number, state: Uint8Array, marked: boolean): Promise<void>;
  /** The state after a step. @throws naming the checkpoints there are, if that step has none. */
  state(step: number): Promise<Uint8Array>;
  /** Drops rows, probes, changes and checkpoints after the step `to`, and records that. */
  rewind(change: Extract<RunChange, { kind: "rewind" }>): void;
  /** Adds to what the run's record says its time went into. */
  spent(account: RunAccount, seconds: number): void;
  /** A file of the run's folder, relative to it: `adapter/adapter_config.json`. */
  file(path: string, data: Uint8Array | string): Promise<void>;
  end(status: Exclude<RunStatus, "running">, message?: string): Promise<void>;
}

export interface Host {
  /** Appends to the outputs of the current cell. */
  show(output: Output): void;
  /** Declares an input and gives its present value (the stored one, the one from `--set`, or the default). */
  input(spec: InputSpec): InputValue;
  live(spec: InputSpec): Live<InputValue>;
  /** `obey` is called with what the user asks of the run, in the context of its cell. */
  startRun(meta: RunMeta, obey: (order: RunOrder) => void): RunSink;
  report(results: readonly Result[]): void;
  /** Lets a generator give the values of the constant that the call is assigned to. @returns a promise of its first value */
  stream(values: () => AsyncGenerator | Generator): unknown;
  progress(label: string, done: number, total: number): void;
  /** Aborts when the current generation of the current cell ends. */
  readonly signal: AbortSignal;
  onDispose(dispose: () => void): void;
  /** Hands a value and the tensors in it over to the next generation of the current cell, in place of what it kept before. */
  keep(value: unknown): void;
  /** What the last generation of the current cell kept; undefined where there was none. */
  previous(): unknown;
  /** Sets all randomness of the notebook. */
  readonly seed: number;
  /** Reads a file; `path` may be absolute or relative to the notebook. Throws with the path and what to do. */
  readFile(path: string): Promise<Uint8Array>;
  /** Reads `length` bytes from `offset`, for weights that should not pass through memory twice; to the beginning of `into`, if the host can. */
  readRange(path: string, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  listFiles(folder: string): Promise<readonly string[]>;
  /** Writes a file inside the workspace atomically. */
  writeFile(path: string, data: Uint8Array | string): Promise<void>;
  /** The folder of a run, for `readFile`. */
  runFolder(id: string): string;
  /** The folder of a model: one that ships with Palimpsest by its name, else a folder of the user's. */
  modelFolder(name: string): Promise<string>;
  /** Lets other work in: messages, inputs, the stop button. Rejects with the abort reason when the cell was ended. */
  breathe(): Promise<void>;
}

let current: Host | undefined;

export function setHost(host: Host): void {
  current = host;
}

/** @throws if nothing runs the cells: import "palimpsest" in a notebook, or call `setHost` first. */
export function host(): Host {
  if (!current)
    throw new Error("Nothing hosts these cells. Run them in a notebook (`palimpsest run …`), or call setHost() first.");
  return current;
}
