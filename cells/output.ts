/**
 * What a cell can show, as plain data and never code: the kernel sends it, the session stores it, the page draws it. The page's
 * protocol declares the same shapes again; the kernel imports both, so the compiler checks that they are equal.
 */

/** A value in the form that the inspector draws. Large values are shortened; `length` and `size` are those of the full value. */
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
/** A cell of a table, or a value in a chart. */
export type Datum = string | number | boolean | null | Special;
export type Columns = Readonly<Record<string, readonly Datum[]>>;

/** The tables of a run, which grow while it trains. */
export type LiveTable = "rows" | "probes";

/** The data of a mark: columns that are sent with it, or the live tables of runs (each row has the columns `run` and `method` too). */
export type MarkData =
  /** `total`: how many items there were, if only some are sent. */
  | { readonly kind: "columns"; readonly columns: Columns; readonly length: number; readonly total?: number }
  | { readonly kind: "live"; readonly table: LiveTable; readonly runs: readonly string[] };

/** The JSON of Plot's options. */
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
  | { readonly kind: "run"; readonly run: string };
