/** The notebook as plain data, and what is computed from it: the analysis of a cell, and the topology of all cells. */
import type { NotebookSettings } from "./source/settings.ts";

export type CellId = string;
export type CellMode = "auto" | "manual" | "once";

export type Cell = {
  readonly id: CellId;
  readonly kind: "code" | "markdown";
  /** The lines of the cell without its `// %%` line; in a markdown cell without the comment marks. */
  readonly source: string;
  readonly mode: CellMode;
  /** The other `key=value` options of the `// %%` line, as written. */
  readonly options: Readonly<Record<string, string>>;
};

/** `settings` are absent if all have their defaults. */
export type Notebook = { readonly cells: readonly Cell[]; readonly settings?: NotebookSettings };

/** Line from 1, column from 0, in the source of the cell. */
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
  /** The other cells involved. */
  readonly cells?: readonly CellId[];
};

/** Something about a cell that the user should know. It runs all the same. */
export type CellWarning = {
  readonly message: string;
  readonly position?: Position;
  /** The other cells involved. */
  readonly cells: readonly CellId[];
};

/** What a variable holds, where its initialiser shows it. */
export type Shape = "list" | "map" | "set" | "object";

/** A change of a variable, or of what it holds. */
export type Mutation = {
  readonly name: string;
  readonly position: Position;
  /** `method`: a call on the value itself; `inner-method`: on something inside it. */
  readonly kind: "variable" | "property" | "method" | "inner-method";
  readonly method?: string;
  /** As it is written: `losses.push(…)`. */
  readonly how: string;
};

/** A change of a name of the cell itself after it has run. `by`: the function that makes it; absent for a timer or an event. */
export type Change = Mutation & { readonly by?: string };

export type SharedState = {
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Changes of names that other cells may define. */
  readonly mutations: readonly Mutation[];
  readonly changes: readonly Change[];
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

/** `const rank = input.range(…)`: the call is the whole initialiser, so a change only replaces the constant. */
export type InputDeclaration = {
  readonly name: string;
  readonly kind: InputKind;
  readonly live: boolean;
  readonly call: Position;
  /** The position of the method's name, `range` in `input.live.range(…)`: a stack trace names it for the call. */
  readonly method: Position;
};

export type ImportDeclaration = {
  readonly module: string;
  /** Local name → exported name: `*` for the namespace, `default` for the default export. Type-only imports are absent. */
  readonly names: Readonly<Record<string, string>>;
};

export type Analysis = {
  /** Value names that the top level of the cell declares, with hoisted `var`s and imports, sorted. */
  readonly definitions: readonly string[];
  readonly typeDefinitions: readonly string[];
  /** Value names that the cell uses and does not define, sorted. Globals are included, since another cell may define the name. */
  readonly references: readonly string[];
  readonly typeReferences: readonly string[];
  /** References that the cell tests with `typeof`, sorted: they may be undefined. */
  readonly typeofNames: readonly string[];
  /** The first position of each definition and reference. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Names that the cell assigns to and does not define, each with the first position. */
  readonly assignments: readonly { readonly name: string; readonly position: Position }[];
  readonly imports: readonly ImportDeclaration[];
  /** Project files that it imports, by the names in `import` and `import("…")`, sorted. */
  readonly files: readonly string[];
  /** Constants whose whole initialiser is `stream(…)` of a generator, with the position and the offset of the call. */
  readonly streams: readonly { readonly name: string; readonly call: Position; readonly offset: number }[];
  readonly inputs: readonly InputDeclaration[];
  /** The names, made from their labels, of inputs that are not the whole value of a constant. */
  readonly labels: readonly string[];
  readonly shared: SharedState;
  /** Errors in this cell's own code: syntax errors and unsupported forms. After a syntax error the names are unknown. */
  readonly errors: readonly CellError[];
  /** The digest of the code without comments, layout and types, for the snapshot. */
  readonly canonical: string;
};

export type Topology = {
  /** [definer, user] pairs over value names. */
  readonly edges: readonly (readonly [CellId, CellId])[];
  /** [definer, user] pairs over type names. They do not order execution. */
  readonly typeEdges: readonly (readonly [CellId, CellId])[];
  /** Cell → the cells whose definitions it uses, in the order of its references. */
  readonly parents: ReadonlyMap<CellId, readonly CellId[]>;
  /** Cell → the cells that use its definitions; absent if there are none. */
  readonly children: ReadonlyMap<CellId, readonly CellId[]>;
  /** Execution order of all code cells without errors. */
  readonly order: readonly CellId[];
  /** Cell → its place in `order`. */
  readonly rank: ReadonlyMap<CellId, number>;
  /** All errors: those in a cell's own code, and those between cells. */
  readonly errors: ReadonlyMap<CellId, readonly CellError[]>;
  /** What each cell should know about state that it shares with others by changing it. */
  readonly warnings: ReadonlyMap<CellId, readonly CellWarning[]>;
  /** Name → the cell that defines it, if exactly one does. */
  readonly definers: ReadonlyMap<string, CellId>;
  /** The code cells that it was made from, in the order of the notebook. */
  readonly cells: readonly AnalysedCell[];
  /** Cell → its place in `cells`. */
  readonly places: ReadonlyMap<CellId, number>;
};

export type AnalysedCell = { readonly id: CellId; readonly analysis: Analysis };
