/**
 * What a cell can show, as plain data. The kernel sends it, the session keeps it, the page draws it; nothing in it is
 * code. The page's protocol declares the same shapes on its side of the border and the kernel, which knows both,
 * makes the compiler compare them.
 */

/** A value reduced to what an inspector can draw; large values are cut, and say how much was left out. */
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

/** A cell of a table or a datum of a mark. */
export type Datum = string | number | boolean | null;
export type Columns = Readonly<Record<string, readonly Datum[]>>;

/** The tables of a run that grow while it trains. */
export type LiveTable = "rows" | "probes";

/** Where a mark takes its data from: columns sent along, or the live tables of runs (each row tagged with `run` and `method`). */
export type MarkData =
  | { readonly kind: "columns"; readonly columns: Columns; readonly length: number }
  | { readonly kind: "live"; readonly table: LiveTable; readonly runs: readonly string[] };

/** JSON that Plot's options are made of. */
export type PlotValue = Datum | undefined | readonly PlotValue[] | { readonly [key: string]: PlotValue };
export type PlotOptions = { readonly [key: string]: PlotValue };

export type PlotMark = { readonly mark: string; readonly data: MarkData | null; readonly options: PlotOptions };
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
