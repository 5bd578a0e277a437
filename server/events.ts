/**
 * The events of a session. The server gives each a sequence number, appends it to the notebook's log and applies it with the
 * reducer. Pages receive the same events and apply them with the same reducer. Everything that a page shows comes from
 * these events.
 */
import type { NotebookSettings } from "./notebook/source/settings.ts";
import type { Cell, CellError, CellId } from "./notebook/types.ts";
import type {
  Cost,
  Holdings,
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
  /** The snapshot of its cell. An interrupted run continues if the cell runs again with the same snapshot. */
  readonly snapshot: string;
  readonly method: string;
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** The values that its knobs (the live inputs that it reads at each step) had when it started. */
  readonly knobs: Readonly<Record<string, InputValue>>;
  /** Of a fork: the run that it comes from, and the step. `asked`: the user forked it in the page, so charts of the parent also show it. */
  readonly parent?: { readonly run: RunId; readonly step: number; readonly asked?: true };
  /** The folder of the run, relative to the workspace. */
  readonly folder: string;
};

export type ConsoleLine = {
  readonly level: "log" | "info" | "warn" | "error";
  readonly text: string;
  /** Its line break has not been written: the next line of the console replaces it. */
  readonly open?: true;
};

/** What the kernel reports about one generation of one cell. The reducer ignores late events of a generation that has ended. */
export type CellEvent =
  /** The generation started. Outputs, console, error and progress of the one before are removed. */
  | { readonly type: "cell-started"; readonly cell: CellId; readonly generation: number; readonly snapshot: string }
  /** The top level is done: dependents may run, even if runs that it started continue. */
  | { readonly type: "cell-settled"; readonly cell: CellId; readonly generation: number }
  | {
      readonly type: "cell-finished";
      readonly cell: CellId;
      readonly generation: number;
      readonly status: "done" | "failed" | "stopped";
      readonly error?: CellError;
      /** Wall time of the generation with its runs, in milliseconds. */
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
  /** A stream of the cell gave a value, which its constant now has. `count`: how many values it has given. */
  | {
      readonly type: "stream-value";
      readonly cell: CellId;
      readonly generation: number;
      readonly name: string;
      readonly count: number;
    }
  /** The result of the cell was restored from the cache. Its code did not run. */
  | { readonly type: "cell-restored"; readonly cell: CellId; readonly generation: number }
  /** The result of the generation was stored in the cache under the snapshot. */
  | { readonly type: "cache-stored"; readonly cell: CellId; readonly generation: number; readonly snapshot: string }
  /** The result of the generation cannot be stored, for this reason. */
  | { readonly type: "cache-refused"; readonly cell: CellId; readonly generation: number; readonly reason: string }
  /** The cached result is missing or damaged, so the cell must run. */
  | { readonly type: "cache-lost"; readonly cell: CellId; readonly generation: number };

export type RunEvent =
  | { readonly type: "run-started"; readonly run: RunInfo }
  /** Rows were appended to a table of the run. `from`: how many there were before. */
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
  /** What the run does before its first step, and how far it is. */
  | {
      readonly type: "run-phase";
      readonly run: RunId;
      readonly label: string;
      readonly done: number;
      readonly total: number;
    }
  /** The run can begin its first step. `steps` and `config`: now with what was not known before. */
  | {
      readonly type: "run-prepared";
      readonly run: RunId;
      readonly steps: number;
      readonly config: RunInfo["config"];
    }
  /** Rows, probes and changes after the step `to` were removed; this change is recorded. */
  | {
      readonly type: "run-rewound";
      readonly run: RunId;
      readonly change: Extract<RunChange, { readonly kind: "rewind" | "restart" }>;
    }
  /** All checkpoints that exist now. */
  | { readonly type: "run-checkpoints"; readonly run: RunId; readonly checkpoints: readonly RunCheckpoint[] }
  | {
      readonly type: "run-ended";
      readonly run: RunId;
      readonly status: Exclude<RunStatus, "running">;
      readonly message?: string;
    };

/** A user gave the run an order. The run itself reports the effect. */
export type SteerEvent = { readonly type: "run-steered"; readonly run: RunId; readonly order: RunOrder };

/**
 * Why a kernel ended. `closed`, `restarted`: on request. `unresponsive`: the server ended it because a cell could not be
 * interrupted. `died`: by itself. After the last two, a new kernel starts at once and restores the cached results.
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
  /** The process has ended, and all values are gone. Outputs and rows stay. */
  | { readonly type: "kernel-ended"; readonly cause: KernelEnd; readonly reason: string }
  | ({ readonly type: "tensors" } & Holdings);

/** Changes of the notebook. `by` tells a page whether the edit comes from its own editor. */
export type NotebookEvent =
  | {
      readonly type: "opened";
      readonly path: string;
      readonly cells: readonly Cell[];
      readonly inputs: Readonly<Record<string, InputValue>>;
      /** The defaults if absent. */
      readonly settings?: NotebookSettings;
    }
  /** The file was changed in another program. These are the merged cells. */
  | { readonly type: "replaced"; readonly cells: readonly Cell[]; readonly settings?: NotebookSettings }
  | { readonly type: "settings"; readonly settings: NotebookSettings }
  | { readonly type: "cell-edited"; readonly cell: CellId; readonly source: string; readonly by: string }
  | { readonly type: "cell-inserted"; readonly cell: Cell; readonly after: CellId | null }
  | { readonly type: "cell-removed"; readonly cell: CellId }
  | { readonly type: "cell-moved"; readonly cell: CellId; readonly after: CellId | null }
  | { readonly type: "cell-mode"; readonly cell: CellId; readonly mode: Cell["mode"] }
  | { readonly type: "cell-options"; readonly cell: CellId; readonly options: Cell["options"] }
  | { readonly type: "cell-renamed"; readonly cell: CellId; readonly to: CellId }
  /** A message for the user, for example: a file contains conflict markers, a save failed. `action`: a request that the page offers with it. */
  | {
      readonly type: "notice";
      readonly level: "info" | "warn" | "error";
      readonly text: string;
      readonly action?: "save-file";
    };

/** A request of a user. The reducer queues the cells that it runs. */
export type DemandEvent =
  | { readonly type: "run-asked"; readonly cells: readonly CellId[] | "all" | "stale" }
  | { readonly type: "stop-asked"; readonly cell?: CellId }
  | { readonly type: "input-set"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** The answer to `pending` of the state: whether its cells are to run. */
  | { readonly type: "ask-answered"; readonly run: boolean };

/** What the server found on the disk. */
export type DiskEvent =
  /** The project files that cells import, by the names in the imports. */
  | { readonly type: "files-read"; readonly files: Readonly<Record<string, ProjectFile>> }
  /** The cache has a result for this snapshot of the cell. `shown`: the outputs of that result. */
  | { readonly type: "cache-found"; readonly cell: CellId; readonly snapshot: string; readonly shown: Shown }
  /** The cached result for this snapshot cannot be used. `reason` is part of a sentence, such as "data/train.csv changed". */
  | { readonly type: "cache-unused"; readonly cell: CellId; readonly snapshot: string; readonly reason: string }
  /** The cost of the cell that an earlier session measured. */
  | { readonly type: "cost-known"; readonly cell: CellId; readonly cost: Cost };

/** A project file together with the files that it imports. */
export type ProjectFile = { readonly digest: string; readonly faults: readonly FileFault[] };
/** `file`: relative to the notebook's folder. Line and column from 1. `circle` is in logs of earlier versions. `refused`: the file is not read, and the message says why. */
export type FileFault = {
  readonly kind: "syntax" | "missing" | "circle" | "refused";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
/** The outputs of a generation and what else the page shows of it. */
export type Shown = {
  readonly outputs: readonly Output[];
  readonly console: readonly ConsoleLine[];
  readonly inputs: readonly { readonly name: string; readonly live: boolean; readonly spec: InputSpec }[];
  readonly results: readonly Result[];
};

/** What a change would lose. */
export type Loss = {
  /** The trainings that would end. */
  readonly trainings: readonly RunId[];
  /** The cells whose values would be freed. */
  readonly cells: readonly CellId[];
  /** How long computing these values took. */
  readonly seconds: number;
};

/** A change that the session asks about before it happens. */
export type CellChange = { readonly change: "remove" | "disable"; readonly cell: CellId };

export type Question =
  /** `origin`: where the change was made. */
  | {
      readonly about: "changes";
      readonly origin: "page" | "file";
      readonly changes: readonly CellChange[];
      readonly loss: Loss;
    }
  /** A cell was told to stop, or to end before it runs again, and did not. `waited`: milliseconds. */
  | { readonly about: "unresponsive"; readonly cell: CellId; readonly waited: number; readonly loss: Loss };

export type QuestionEvent =
  | { readonly type: "question-asked"; readonly question: Question }
  | { readonly type: "question-answered" };

export type SessionEvent =
  | QuestionEvent
  | CellEvent
  | RunEvent
  | KernelEvent
  | NotebookEvent
  | DemandEvent
  | DiskEvent
  | SteerEvent;

/** An event as it is in the log and on the wire. `time` in milliseconds since 1970. */
export type LoggedEvent = { readonly seq: number; readonly time: number; readonly event: SessionEvent };
