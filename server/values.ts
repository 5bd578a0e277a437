/**
 * The values that cells send to the page: outputs, inputs, rows, results. `cells/` defines the same types. They are repeated
 * here because a page must not import from `cells/`. The kernel imports both, so the compiler checks that they agree.
 */

export type Inspected =
  | {
      readonly kind: "primitive";
      readonly text: string;
      readonly type: "string" | "number" | "boolean" | "null" | "undefined" | "bigint" | "symbol";
    }
  | { readonly kind: "list"; readonly name: string; readonly length: number; readonly items: readonly Inspected[] }
  | {
      readonly kind: "record";
      readonly name: string;
      readonly size: number;
      readonly entries: readonly (readonly [string, Inspected])[];
    }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "opaque"; readonly text: string };

/** A value that JSON does not have, written as MongoDB's Extended JSON does. A date is in milliseconds since 1970. */
export type Special =
  | { readonly $date: number }
  | { readonly $number: "NaN" | "Infinity" | "-Infinity" }
  | { readonly $bigint: string };
export type Datum = string | number | boolean | null | Special;
export type Columns = Readonly<Record<string, readonly Datum[]>>;
export type LiveTable = "rows" | "probes";

export type MarkData =
  /** `total`: how many items there were, if only some were sent. */
  | { readonly kind: "columns"; readonly columns: Columns; readonly length: number; readonly total?: number }
  | { readonly kind: "live"; readonly table: LiveTable; readonly runs: readonly string[] };

export type PlotValue = Datum | undefined | readonly PlotValue[] | { readonly [key: string]: PlotValue };
export type PlotOptions = { readonly [key: string]: PlotValue };
export type PlotMark = {
  readonly mark: string;
  readonly data: MarkData | null;
  readonly options: PlotOptions;
  /** Sentences below the chart: what it does not draw as it was given. */
  readonly notes?: readonly string[];
};
export type PlotSpec = { readonly options: PlotOptions; readonly marks: readonly PlotMark[] };

export type Output =
  | { readonly kind: "value"; readonly value: Inspected }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "markdown"; readonly text: string }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Datum[])[];
      readonly total: number;
    }
  | { readonly kind: "image"; readonly mime: string; readonly base64: string }
  | { readonly kind: "html"; readonly html: string }
  | { readonly kind: "plot"; readonly spec: PlotSpec }
  | { readonly kind: "run"; readonly run: string }
  | BlobOutput;

/** A large output. It is stored beside the log, and the page fetches it when it comes into view. */
export type BlobOutput = {
  readonly kind: "blob";
  /** SHA-256 of its JSON text, in hexadecimal. */
  readonly hash: string;
  /** The length of that text. */
  readonly bytes: number;
  readonly shows: Exclude<Output["kind"], "blob">;
  /** The runs that it draws. */
  readonly runs: readonly string[];
};

/** What a cell shows. */
export type CellOutputs = { readonly cell: string; readonly outputs: readonly Output[] };

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
  /** The value is how often it was pressed. */
  | { readonly kind: "button"; readonly label: string; readonly value: number }
  /** The value is a path relative to the notebook, or empty. */
  | { readonly kind: "file"; readonly label: string; readonly value: string; readonly accept?: string }
  | {
      readonly kind: "table";
      readonly label: string;
      readonly value: readonly TableRow[];
      readonly columns: readonly { readonly name: string; readonly kind: "number" | "string" | "boolean" }[];
    };
export type TableRow = Readonly<Record<string, number | string | boolean>>;
export type InputValue = number | string | boolean | readonly string[] | readonly TableRow[];

/** `interrupted`: the kernel ended during the run. It continues from its last checkpoint when its cell runs again. */
export type RunStatus = "running" | "done" | "stopped" | "failed" | "interrupted";
/** A change of a run while it was running. A knob has its value from that step on; the other changes come after that many steps. */
export type RunChange =
  | { readonly kind: "knob"; readonly step: number; readonly name: string; readonly value: InputValue }
  | { readonly kind: "pause" | "resume"; readonly step: number }
  /** `rule`: the message of the stop rule that stopped it, if one did. */
  | { readonly kind: "stop"; readonly step: number; readonly rule?: string }
  | { readonly kind: "rewind"; readonly step: number; readonly to: number }
  | { readonly kind: "restart"; readonly step: number; readonly to: number }
  | { readonly kind: "fork"; readonly step: number; readonly parent: string }
  | { readonly kind: "alert"; readonly step: number; readonly name: string; readonly message: string };
/** An order to a run; the run follows it before its next step. */
export type RunOrder =
  | { readonly type: "pause" | "resume" | "stop" }
  | { readonly type: "step"; readonly steps: number }
  | { readonly type: "checkpoint" }
  | { readonly type: "rewind"; readonly to: number }
  | { readonly type: "fork"; readonly at: number; readonly knobs: Readonly<Record<string, InputValue>> };
export type RunCheckpoint = { readonly step: number; readonly marked: boolean; readonly best?: true };
export type Row = { readonly step: number; readonly loss: number; readonly [column: string]: number };
export type ProbeRow = { readonly step: number; readonly [measure: string]: number };
export type Result = { readonly method: string; readonly [measure: string]: number | string };

/** Tensors of one cell. `peak`: the most bytes that this generation held at once. `largest`: the kind of tensor that takes the most bytes now. */
export type Holding = {
  readonly bytes: number;
  readonly count: number;
  readonly peak?: number;
  readonly largest?: { readonly shape: readonly number[]; readonly dtype: string; readonly bytes: number };
};
/** All tensors. `reclaimed`: unused tensors that were freed since the kernel started. `budget`: the most bytes allowed. */
export type Memory = {
  readonly peak: number;
  readonly count: number;
  readonly reclaimed: { readonly count: number; readonly bytes: number };
  readonly budget?: number;
};
export type Holdings = {
  readonly total: number;
  readonly cells: Readonly<Record<string, Holding>>;
  readonly memory?: Memory;
};

/** Wall time, and the most tensor bytes held at once. */
export type Cost = { readonly seconds: number; readonly bytes: number };
