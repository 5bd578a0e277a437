/**
 * `palimpsest check`: what the cells of a notebook define and use, which cells depend on which, and their errors. Nothing
 * runs. There is no page here, so the known globals are those of the Node that runs it.
 */
import { topology } from "../notebook/graph/topology.ts";
import { analyse } from "../notebook/language/analyse.ts";
import { ONLY_IN_FILES } from "../notebook/language/globals.ts";
import type { CellError, Topology } from "../notebook/types.ts";
import { readNotebook } from "../session/notebook-reading.ts";
import { type Command, parseArguments } from "./command.ts";
import { notebookArgument } from "./notebook-argument.ts";

/** Lines and columns count from 1 in the cell's own source. An error without a position is at 1:1. */
type Report = {
  readonly cells: readonly {
    readonly id: string;
    readonly definitions: readonly string[];
    readonly references: readonly string[];
    readonly errors: readonly ReportedError[];
  }[];
  readonly edges: Topology["edges"];
};
type ReportedError = {
  readonly kind: CellError["kind"];
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

export const check: Command = {
  name: "check",
  synopsis: "check <notebook> [--json]",
  summary: "shows what the cells define and use, and their errors",
  usage: `palimpsest check <notebook> [--json]

Shows what each cell defines and uses, the cells that it depends on, and its errors. No cell runs.

  --json   print one object as the last line: {cells: [{id, definitions, references, errors}], edges: [[from, to]]}
           with errors as {kind, line, column, message}; lines and columns count from 1 in the cell

Exit code 0: no errors; 1: the notebook has errors or cannot be read; 2: wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, { json: { type: "boolean" } });
    const path = await notebookArgument("check", positionals);
    const read = await readNotebook(path);
    if ("fault" in read) throw new Error(`${path}: ${read.fault}`);

    const globals = new Set(Object.getOwnPropertyNames(globalThis));
    const code = read.notebook.cells.filter(({ kind }) => kind === "code");
    const graph = topology(
      code.map(({ id, source }) => ({ id, analysis: analyse(source) })),
      globals,
    );
    const report = reportOf(graph, new Set([...globals, ...ONLY_IN_FILES]));
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : asText(path, report, graph));
    return graph.errors.size > 0 ? 1 : 0;
  },
};

/** @param globals names that need no definition; they are not reported as references */
function reportOf({ cells, edges, errors }: Topology, globals: ReadonlySet<string>): Report {
  return {
    cells: cells.map(({ id, analysis }) => ({
      id,
      definitions: analysis.definitions,
      references: analysis.references.filter((name) => !globals.has(name)),
      errors: (errors.get(id) ?? []).map(({ kind, position: { line, column } = { line: 1, column: 0 }, message }) => ({
        kind,
        line,
        column: column + 1,
        message,
      })),
    })),
    edges,
  };
}

function asText(path: string, { cells }: Report, { parents, typeEdges }: Topology): string {
  const lines = cells.flatMap(({ id, definitions, references, errors }) => [
    id,
    ...listed("defines", definitions),
    ...listed("uses", references),
    ...listed("depends on", parents.get(id) ?? []),
    ...listed(
      "uses types of",
      typeEdges.filter(([, user]) => user === id).map(([definer]) => definer),
    ),
    ...errors.map(({ kind, line, column, message }) => `  ${kind} at ${line}:${column}: ${message}`),
  ]);
  const faulty = cells.filter(({ errors }) => errors.length > 0).length;
  const verdict = faulty === 0 ? "no errors" : `errors in ${faulty} of ${cells.length} cells`;
  return `${[...lines, `${path}: ${verdict}`].join("\n")}\n`;
}

function listed(verb: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${verb} ${names.join(", ")}`];
}
