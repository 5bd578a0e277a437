/**
 * All that can happen to a session, as data. The server appends each to the notebook's log with a sequence number and
 * applies it with the reducer; pages receive the same events and apply them with the same reducer. Nothing that the
 * page shows exists outside this union.
 */
import type { NotebookSettings } from "./notebook/source/settings.ts";
import type { Cell, CellError, CellId } from "./notebook/types.ts";
import type {
  Columns,
  InputSpec,
  InputValue,
  Output,
  ProbeRow,
  Result,
  Row,
  RunChange,
  RunCheckpoint,
  RunOrder,
  RunStatus,
} from "./values.ts";

export type RunId = string;
export type RunInfo = {
  readonly id: RunId;
  readonly cell: CellId;
  readonly generation: number;
  /** What its cell ran with: a run that was cut off goes on where the cell runs with the same again. */
  readonly snapshot: string;
  readonly method: string;
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the knobs that it reads at each step stood at when it began. */
  readonly knobs: Readonly<Record<string, InputValue>>;
  /** Of a fork: where it left which run. `asked`: by the user, so that no code knows of it and charts of the run show it too. */
  readonly parent?: { readonly run: RunId; readonly step: number; readonly asked?: true };
  /** The run's folder, relative to the workspace. */
  readonly folder: string;
};

export type ConsoleLine = { readonly level: "log" | "info" | "warn" | "error"; readonly text: string };

/** What the kernel says about one generation of one cell. Late words of an ended generation are dropped by the reducer. */
export type CellEvent =
  /** The generation began: outputs, console, error and progress of the one before are gone. */
  | { readonly type: "cell-started"; readonly cell: CellId; readonly generation: number; readonly snapshot: string }
  /** The top level is through: dependents may run, although runs that it started go on. */
  | { readonly type: "cell-settled"; readonly cell: CellId; readonly generation: number }
  | {
      readonly type: "cell-finished";
      readonly cell: CellId;
      readonly generation: number;
      readonly status: "done" | "failed" | "stopped";
      readonly error?: CellError;
      /** Blocker time of the whole generation, its runs included. */
      readonly ms: number;
    }
  | { readonly type: "cell-output"; readonly cell: CellId; readonly generation: number; readonly output: Output }
  | {
      readonly type: "cell-console";
      readonly cell: CellId;
      readonly generation: number;
      readonly lines: readonly ConsoleLine[];
    }
  | {
      readonly type: "cell-progress";
      readonly cell: CellId;
      readonly generation: number;
      readonly label: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: "input-declared";
      readonly cell: CellId;
      readonly generation: number;
      readonly name: string;
      readonly live: boolean;
      readonly spec: InputSpec;
      readonly value: InputValue;
    }
  | {
      readonly type: "report";
      readonly cell: CellId;
      readonly generation: number;
      readonly results: readonly Result[];
    }
  /** A stream of the cell has another value: its constant is that now. `count` = how many values there were. */
  | {
      readonly type: "stream-value";
      readonly cell: CellId;
      readonly generation: number;
      readonly name: string;
      readonly count: number;
    }
  /** What the cell gave was taken from the cache; its code did not run. */
  | { readonly type: "cell-restored"; readonly cell: CellId; readonly generation: number }
  /** What the generation gave lies in the cache, under the snapshot. */
  | { readonly type: "cache-stored"; readonly cell: CellId; readonly generation: number; readonly snapshot: string }
  /** What the generation gave cannot be kept, and why. */
  | { readonly type: "cache-refused"; readonly cell: CellId; readonly generation: number; readonly reason: string }
  /** The generation was to be restored, and its cache is not there or is torn: the cell must run. */
  | { readonly type: "cache-lost"; readonly cell: CellId; readonly generation: number };

export type RunEvent =
  | { readonly type: "run-started"; readonly run: RunInfo }
  /** Rows appended to a table of the run, `from` = how many there were before. */
  | {
      readonly type: "run-rows";
      readonly run: RunId;
      readonly table: "rows";
      readonly from: number;
      readonly rows: readonly Row[];
    }
  | {
      readonly type: "run-rows";
      readonly run: RunId;
      readonly table: "probes";
      readonly from: number;
      readonly rows: readonly ProbeRow[];
    }
  | { readonly type: "run-changed"; readonly run: RunId; readonly change: RunChange }
  /** Rows, probes and changes after the step `to` are gone; the change itself stays. */
  | {
      readonly type: "run-rewound";
      readonly run: RunId;
      readonly change: Extract<RunChange, { readonly kind: "rewind" | "restart" }>;
    }
  /** All that there are now. */
  | { readonly type: "run-checkpoints"; readonly run: RunId; readonly checkpoints: readonly RunCheckpoint[] }
  | {
      readonly type: "run-ended";
      readonly run: RunId;
      readonly status: Exclude<RunStatus, "running">;
      readonly message?: string;
    };

/** What a user asked of a run. The run says itself what came of it. */
export type SteerEvent = { readonly type: "run-steered"; readonly run: RunId; readonly order: RunOrder };

/**
 * `closed`, `restarted`: ended on request. `unresponsive`: ended by the server, since a cell could not be interrupted.
 * `died`: ended by itself. After the last two, a new kernel starts at once and takes over what there is.
 */
export type KernelEnd = "closed" | "restarted" | "unresponsive" | "died";

export type KernelEvent =
  | { readonly type: "kernel-starting" }
  | {
      readonly type: "kernel-ready";
      readonly pid: number;
      readonly backend: string;
      readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
    }
  /** The process is gone and all values with it. Outputs and rows stay. */
  | { readonly type: "kernel-ended"; readonly cause: KernelEnd; readonly reason: string }
  | ({ readonly type: "tensors" } & Holdings);

/** Tensors of one cell. `peak`: the most bytes that this generation held at once; `largest`: what takes most of them now. */
export type Holding = {
  readonly bytes: number;
  readonly count: number;
  readonly peak?: number;
  readonly largest?: { readonly shape: readonly number[]; readonly dtype: string; readonly bytes: number };
};
/** All tensors. `reclaimed`: what nothing reached any more, since the kernel began. `budget`: the most bytes there may be. */
export type Memory = {
  readonly peak: number;
  readonly count: number;
  readonly reclaimed: { readonly count: number; readonly bytes: number };
  readonly budget?: number;
};
export type Holdings = {
  readonly total: number;
  readonly cells: Readonly<Record<CellId, Holding>>;
  readonly memory?: Memory;
};

/** Changes of the notebook itself. `by` tells a page whether its own editor is the origin. */
export type NotebookEvent =
  | {
      readonly type: "opened";
      readonly path: string;
      readonly cells: readonly Cell[];
      readonly inputs: Readonly<Record<string, InputValue>>;
      /** As usual where absent. */
      readonly settings?: NotebookSettings;
    }
  /** The file changed outside: the merged cells. */
  | { readonly type: "replaced"; readonly cells: readonly Cell[]; readonly settings?: NotebookSettings }
  | { readonly type: "settings"; readonly settings: NotebookSettings }
  | { readonly type: "cell-edited"; readonly cell: CellId; readonly source: string; readonly by: string }
  | { readonly type: "cell-inserted"; readonly cell: Cell; readonly after: CellId | null }
  | { readonly type: "cell-removed"; readonly cell: CellId }
  | { readonly type: "cell-moved"; readonly cell: CellId; readonly after: CellId | null }
  | { readonly type: "cell-mode"; readonly cell: CellId; readonly mode: Cell["mode"] }
  | { readonly type: "cell-options"; readonly cell: CellId; readonly options: Cell["options"] }
  | { readonly type: "cell-renamed"; readonly cell: CellId; readonly to: CellId }
  /** Something the user should read: a file with conflict markers, a save that failed. */
  | { readonly type: "notice"; readonly level: "info" | "warn" | "error"; readonly text: string };

/** What was asked for; the reducer turns it into queued cells. */
export type DemandEvent =
  | { readonly type: "run-asked"; readonly cells: readonly CellId[] | "all" | "stale" }
  | { readonly type: "stop-asked"; readonly cell?: CellId }
  | { readonly type: "input-set"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** The answer to `asks` of the state: whether what it names is to run. */
  | { readonly type: "ask-answered"; readonly run: boolean };

/** What lies on the disk beside the notebook and bears on its cells. */
export type DiskEvent =
  /** The project files that cells import, by the names that they import them by. */
  | { readonly type: "files-read"; readonly files: Readonly<Record<string, ProjectFile>> }
  /** The cache holds what the cell gave under this snapshot; `shown` is what it showed. */
  | { readonly type: "cache-found"; readonly cell: CellId; readonly snapshot: string; readonly shown: Shown }
  /** What executions of the cell took, as an earlier session learnt. */
  | { readonly type: "cost-known"; readonly cell: CellId; readonly cost: Cost };

/** A project file together with all that it imports. */
export type ProjectFile = { readonly digest: string; readonly faults: readonly FileFault[] };
/** `file` relative to the notebook's folder; line and column from 1. `circle`: files that import each other. */
export type FileFault = {
  readonly kind: "syntax" | "missing" | "circle";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
/** Blocker time and the most tensor bytes held at once. */
export type Cost = { readonly seconds: number; readonly bytes: number };
/** What a generation showed, beside its values. */
export type Shown = {
  readonly outputs: readonly Output[];
  readonly console: readonly ConsoleLine[];
  readonly inputs: readonly { readonly name: string; readonly live: boolean; readonly spec: InputSpec }[];
  readonly results: readonly Result[];
};

export type SessionEvent = CellEvent | RunEvent | KernelEvent | NotebookEvent | DemandEvent | DiskEvent | SteerEvent;

/** As it stands in the log and on the wire. `time` in milliseconds since 1970. */
export type LoggedEvent = { readonly seq: number; readonly time: number; readonly event: SessionEvent };
export type { Columns };
