/**
 * `palimpsest check`: what the cells of a notebook define and use, which cells depend on which, and all errors that are known
 * without running anything: those of `run` (the same state, the same files), what the imports will fail at, and wrong types.
 */
import { dirname } from "node:path";
import { Script } from "node:vm";
import { compileCell } from "../notebook/language/compile.ts";
import { GLOBALS, ONLY_IN_FILES } from "../notebook/language/globals.ts";
import type { CellError, Topology } from "../notebook/types.ts";
import { readNotebook } from "../session/notebook-reading.ts";
import type { CellState } from "../state/cell-state.ts";
import type { SessionState } from "../state/state.ts";
import { type Command, parseArguments } from "./command.ts";
import { ImportFaults } from "./import-faults.ts";
import { notebookArgument } from "./notebook-argument.ts";
import { unrunOf } from "./notebook-snapshot.ts";
import { type TypeFaults, typeFaults } from "./type-faults.ts";

/** Lines and columns count from 1 in the cell's own source. An error without a position is at 1:1. */
type Report = {
  readonly cells: readonly {
    readonly id: string;
    readonly definitions: readonly string[];
    readonly references: readonly string[];
    readonly errors: readonly ReportedError[];
    /** Absent if there are none. */
    readonly warnings?: readonly Omit<ReportedError, "kind">[];
  }[];
  readonly edges: Topology["edges"];
};
type ReportedError = {
  /** `import`: something that it imports does not exist. `type`: TypeScript's checker finds it wrong. */
  readonly kind: CellError["kind"] | "import" | "type";
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

export const check: Command = {
  name: "check",
  synopsis: "check <notebook> [--json]",
  summary: "shows what the cells define and use, and their errors",
  usage: `palimpsest check <notebook> [--json]

Shows what each cell defines and uses, the cells that it depends on, and its errors: also wrong types, and options that a
function does not have. No cell runs, and no tsconfig.json is needed.

  --json   print one object as the last line: {cells: [{id, definitions, references, errors, warnings}], edges: [[from,
           to]]} with errors as {kind, line, column, message}, warnings without kind; lines and columns count from 1

Exit code 0: no errors; 1: the notebook has errors or cannot be read; 2: wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, { json: { type: "boolean" } });
    const path = await notebookArgument("check", positionals);
    const read = await readNotebook(path);
    if ("fault" in read) throw new Error(`${path}: ${read.fault}`);

    const imports = new ImportFaults(dirname(path));
    const state = unrunOf(path, read.notebook, imports);
    const types = await typeFaults(path, state);
    if (types.status === "unavailable") process.stderr.write(`Types were not checked: ${types.why}.\n`);
    const report = reportOf(state, imports, types);
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : asText(path, report, state.topology));
    return report.cells.some(({ errors }) => errors.length > 0) ? 1 : 0;
  },
};

function reportOf({ cells, topology }: SessionState, imports: ImportFaults, types: TypeFaults): Report {
  const wrongTypes = types.status === "checked" ? types.faults : new Map<string, never>();
  return {
    cells: cells.flatMap((cell) => {
      const { analysis } = cell;
      if (!analysis) return [];
      const { id, source } = cell.cell;
      const errors: ReportedError[] = [
        ...[...cell.errors, ...syntaxErrorsOfNode(cell)].map((each) => reported(each.kind, each)),
        ...imports.of(source, analysis).map((each) => reported("import", each)),
        ...(wrongTypes.get(id) ?? []).map((each) => reported("type", each)),
      ];
      const references = analysis.references.filter((name) => !isGlobal(name) || topology.definers.has(name));
      return [
        {
          id,
          definitions: analysis.definitions,
          references,
          errors,
          ...(cell.warnings && { warnings: cell.warnings.map(placed) }),
        },
      ];
    }),
    edges: topology.edges,
  };
}

function isGlobal(name: string): boolean {
  return GLOBALS.has(name) || ONLY_IN_FILES.has(name);
}

/** What this Node does not understand, although the parser does. */
function syntaxErrorsOfNode({ cell, analysis, errors }: CellState): CellError[] {
  if (!analysis || errors.length > 0) return [];
  try {
    new Script(compileCell(cell.source, analysis).code);
    return [];
  } catch (error) {
    return [{ kind: "syntax", message: error instanceof Error ? error.message : String(error) }];
  }
}

function reported(
  kind: ReportedError["kind"],
  { position, message }: Pick<CellError, "position" | "message">,
): ReportedError {
  return { kind, ...placed({ message, ...(position && { position }) }) };
}

function placed({ position, message }: Pick<CellError, "position" | "message">): Omit<ReportedError, "kind"> {
  const { line, column } = position ?? { line: 1, column: 0 };
  return { line, column: column + 1, message };
}

function asText(path: string, { cells }: Report, { parents, typeEdges }: Topology): string {
  const lines = cells.flatMap(({ id, definitions, references, errors, warnings = [] }) => [
    id,
    ...listed("defines", definitions),
    ...listed("uses", references),
    ...listed("depends on", parents.get(id) ?? []),
    ...listed(
      "uses types of",
      typeEdges.filter(([, user]) => user === id).map(([definer]) => definer),
    ),
    ...errors.map(({ kind, line, column, message }) => `  ${kind} at ${line}:${column}: ${message}`),
    ...warnings.map(({ line, column, message }) => `  warning at ${line}:${column}: ${message}`),
  ]);
  const faulty = cells.filter(({ errors }) => errors.length > 0).length;
  const verdict = faulty === 0 ? "no errors" : `errors in ${faulty} of ${cells.length} cells`;
  const warned = cells.filter(({ warnings }) => warnings !== undefined).length;
  const more = warned === 0 ? "" : `, warnings in ${warned}`;
  return `${[...lines, `${path}: ${verdict}${more}`].join("\n")}\n`;
}

function listed(verb: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${verb} ${names.join(", ")}`];
}
