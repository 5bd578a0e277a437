/** The notebook as plain data: what the parser gives, the printer takes, and topology and snapshots are computed from. */

import type { NotebookSettings } from "./source/settings.ts";

export type CellId = string;
export type CellMode = "auto" | "manual" | "once";

export type Cell = {
  readonly id: CellId;
  readonly kind: "code" | "markdown";
  /** The cell's lines without its `// %%` line; a markdown cell's without the comment marks. */
  readonly source: string;
  readonly mode: CellMode;
  /** Further `key=value` words of the `// %%` line, kept as written. */
  readonly options: Readonly<Record<string, string>>;
};

/** `settings` are absent where all is as usual. */
export type Notebook = { readonly cells: readonly Cell[]; readonly settings?: NotebookSettings };

/** 1-based line, 0-based column, in the cell's own source. */
export type Position = { readonly line: number; readonly column: number };

export type CellError = {
  readonly kind:
    | "syntax"
    | "multiple-definition"
    | "cycle"
    | "unknown-name"
    | "foreign-assignment"
    | "unsupported"
    | "runtime"
    | "blocked";
  readonly message: string;
  readonly position?: Position;
  /** Other cells concerned. */
  readonly cells?: readonly CellId[];
};

export type InputKind =
  | "range"
  | "number"
  | "choice"
  | "many"
  | "text"
  | "textarea"
  | "toggle"
  | "button"
  | "file"
  | "table";

/** `const rank = input.range(…)`: the call is the whole initialiser, so a change replaces the constant alone. */
export type InputDeclaration = {
  readonly name: string;
  readonly kind: InputKind;
  readonly live: boolean;
  readonly call: Position;
  /** Where the method's name stands, `range` of `input.live.range(…)`: the place that a stack names for the call. */
  readonly method: Position;
};

export type ImportDeclaration = {
  readonly module: string;
  /** local name → exported name; `*` is the namespace, `default` the default. Type-only imports are absent. */
  readonly names: Readonly<Record<string, string>>;
};

export type Analysis = {
  /** Value names declared at the cell's top level, hoisted `var`s and imports included, sorted. */
  readonly definitions: readonly string[];
  readonly typeDefinitions: readonly string[];
  /** Free value names: used and not defined here, sorted. Names of globals are among them: another cell may define one. */
  readonly references: readonly string[];
  readonly typeReferences: readonly string[];
  /** References that are somewhere the operand of `typeof`: nothing need define them. Sorted. */
  readonly probes: readonly string[];
  /** The first place of each definition and reference. */
  readonly places: ReadonlyMap<string, Position>;
  /** Free names that the cell assigns to, with the first place. */
  readonly assignments: readonly { readonly name: string; readonly position: Position }[];
  readonly imports: readonly ImportDeclaration[];
  /** Project files that it imports, as it names them; those of `import("…")` are among them. Sorted. */
  readonly files: readonly string[];
  /** Constants whose whole initialiser is `stream(…)` of a generator, with the place of the call and its offset. */
  readonly streams: readonly { readonly name: string; readonly call: Position; readonly at: number }[];
  readonly inputs: readonly InputDeclaration[];
  /** Errors of this cell alone: syntax, unsupported forms. Only with one of syntax are its names unknown. */
  readonly errors: readonly CellError[];
  /** A digest of the code without comments, layout and types, for the snapshot. */
  readonly canonical: string;
};

export type Topology = {
  /** [definer, user] pairs over value names. */
  readonly edges: readonly (readonly [CellId, CellId])[];
  /** [definer, user] pairs that types alone bind: they order nothing. */
  readonly typeEdges: readonly (readonly [CellId, CellId])[];
  /** The cells with an edge to a cell, in the order of the references that make them. */
  readonly parents: ReadonlyMap<CellId, readonly CellId[]>;
  /** The cells with an edge from a cell; where there are any. */
  readonly children: ReadonlyMap<CellId, readonly CellId[]>;
  /** Execution order of all code cells without errors of structure. */
  readonly order: readonly CellId[];
  /** The places of cells in `order`. */
  readonly rank: ReadonlyMap<CellId, number>;
  /** All errors, of the cell alone and of the whole: multiple definitions, cycles, unknown names, foreign assignments. */
  readonly errors: ReadonlyMap<CellId, readonly CellError[]>;
  /** name → the cell that defines it, where exactly one does. */
  readonly definers: ReadonlyMap<string, CellId>;
  /** What it was made from, in the order of the document. */
  readonly cells: readonly AnalysedCell[];
  /** The places of cells in `cells`. */
  readonly places: ReadonlyMap<CellId, number>;
};

export type AnalysedCell = { readonly id: CellId; readonly analysis: Analysis };
