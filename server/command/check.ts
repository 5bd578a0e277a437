/**
 * `palimpsest check`: what the cells of a notebook define and use, which follow from which, and what is wrong with them,
 * without running anything. Nothing here depends on the page, so its globals are those of the Node that runs it.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { topology } from "../notebook/graph/topology.ts";
import { analyse } from "../notebook/language/analyse.ts";
import { ONLY_IN_FILES } from "../notebook/language/globals.ts";
import type { CellError, Topology } from "../notebook/types.ts";
import { readNotebook } from "../session/file.ts";
import { type Command, Misuse, words } from "./command.ts";

/** Lines and columns count from 1 in the cell's own source. An error that stands nowhere in particular is at 1:1. */
type Checked = {
  readonly cells: readonly {
    readonly id: string;
    readonly definitions: readonly string[];
    readonly references: readonly string[];
    readonly errors: readonly Fault[];
  }[];
  readonly edges: Topology["edges"];
};
type Fault = {
  readonly kind: CellError["kind"];
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

export const check: Command = {
  name: "check",
  synopsis: "check <notebook> [--json]",
  summary: "tells what the cells define and use, and what is wrong",
  usage: `palimpsest check <notebook> [--json]

Tells what each cell defines and uses, which cells it follows, and what is wrong with it. Nothing runs.

  --json   print one object as the last line: {cells: [{id, definitions, references, errors}], edges: [[from, to]]}
           with errors as {kind, line, column, message}; lines and columns of the cell, from 1

Exit code 0: nothing is wrong; 1: the notebook cannot be read, or has errors; 2: used wrongly.`,

  async run(args) {
    const { values, positionals } = words(args, { json: { type: "boolean" } });
    const [named, ...more] = positionals;
    if (named === undefined) throw new Misuse("check takes the notebook to check.");
    if (more.length > 0) throw new Misuse(`check takes one notebook, not ${positionals.length}.`);
    if (!(await stat(named).catch(() => undefined))?.isFile()) throw new Misuse(`There is no file ${resolve(named)}.`);
    const read = await readNotebook(named);
    if ("fault" in read) throw new Error(`${named}: ${read.fault}`);

    const globals = new Set(Object.getOwnPropertyNames(globalThis));
    const code = read.notebook.cells.filter(({ kind }) => kind === "code");
    const shape = topology(
      code.map(({ id, source }) => ({ id, analysis: analyse(source) })),
      globals,
    );
    const checked = checkedOf(shape, new Set([...globals, ...ONLY_IN_FILES]));
    process.stdout.write(values.json ? `${JSON.stringify(checked)}\n` : readable(named, checked, shape));
    return shape.errors.size > 0 ? 1 : 0;
  },
};

/** @param globals names that are no cell's business. */
function checkedOf({ cells, edges, errors }: Topology, globals: ReadonlySet<string>): Checked {
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

function readable(named: string, { cells }: Checked, { parents, typeEdges }: Topology): string {
  const lines = cells.flatMap(({ id, definitions, references, errors }) => [
    id,
    ...listed("defines", definitions),
    ...listed("uses", references),
    ...listed("follows", parents.get(id) ?? []),
    ...listed(
      "takes types from",
      typeEdges.filter(([, user]) => user === id).map(([definer]) => definer),
    ),
    ...errors.map(({ kind, line, column, message }) => `  ${kind} at ${line}:${column}: ${message}`),
  ]);
  const wrong = cells.filter(({ errors }) => errors.length > 0).length;
  const verdict = wrong === 0 ? "nothing is wrong" : `errors in ${wrong} of ${cells.length} cells`;
  return `${[...lines, `${named}: ${verdict}`].join("\n")}\n`;
}

function listed(verb: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${verb} ${names.join(", ")}`];
}
