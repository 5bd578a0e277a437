/**
 * Compiles a cell's source to the text of a function that runs it. All code stays on its line. Columns change only after
 * insertions: a call around the last expression, and interrupt checks in loops. `shifts` lists them, so that the positions
 * in a stack trace can be translated back to the source.
 */
import type { Program } from "acorn";
import { simple } from "acorn-walk";
import type { Analysis, Position } from "../types.ts";
import { type Insertion, interruptChecks } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, positionAt } from "./syntax.ts";

export type CompiledCell = {
  /**
   * An async function expression; its second line is the first line of the source. Parameters: `PARAMETERS`, then
   * `references`. It passes the value of the last expression to `$$value` and, at the end, its definitions to `$$share`; it
   * resolves to undefined. `import(…)` calls `$$load`. Loops call `$$check` when `$$look[0]` is not zero.
   */
  readonly code: string;
  /** The names to pass after `PARAMETERS`, in this order: all references, globals included, and imports. */
  readonly references: readonly string[];
  /** The inputs that are constants, each with the position that a stack trace gives for its call. */
  readonly inputs: readonly { readonly site: Position; readonly name: string }[];
  /** The same for streams. The call is awaited, so the constant starts with the first value of the stream. */
  readonly streams: readonly { readonly site: Position; readonly name: string }[];
  readonly shifts: readonly Shift[];
};

/** From this position in the source to the end of its line, the code is so many columns further right. Listed from left to right. */
export type Shift = Position & { readonly by: number };

export const PARAMETERS = ["$$value", "$$share", "$$load", "$$look", "$$check"] as const;
const [VALUE, SHARE, LOAD, LOOK, CHECK] = PARAMETERS;
/** Names that no parameter may have in strict mode. */
const RESERVED: ReadonlySet<string> = new Set(["arguments", "eval"]);

/** @throws SyntaxError if the source cannot be parsed; then `analysis.errors` contains the error */
export function compileCell(source: string, analysis: Analysis): CompiledCell {
  const stripped = strip(source, parseTypeScript(source)).code;
  const program = parseJavaScript(stripped);
  const imported = analysis.imports.flatMap(({ names }) => Object.keys(names));
  const references = [...analysis.references.filter((name) => !RESERVED.has(name)), ...imported];
  const definitions = analysis.definitions.filter((name) => !imported.includes(name));
  const { head, insertions } = captureLastValue(stripped, program);
  const awaited = analysis.streams.map(({ offset }) => ({ offset, text: "await " }));
  const all = [...interruptChecks(program, `${LOOK}[0]`, `${CHECK}()`), ...awaited, ...insertions].sort(
    (a, b) => a.offset - b.offset,
  );
  const body = withInsertions(withoutImports(stripped, program), all);
  const shifts = shiftsOf(stripped, all);
  return {
    code: `"use strict";(async function(${[...PARAMETERS, ...references].join(",")}){${head}\n${body}\n;${SHARE}({${definitions.join(",")}});})`,
    references,
    inputs: analysis.inputs.map(({ name, method }) => ({ site: shifted(method, shifts), name })),
    streams: analysis.streams.map(({ name, call }) => ({ site: shifted(call, shifts), name })),
    shifts,
  };
}

/** Translates a position in the compiled code to the source. */
export function unshifted({ line, column }: Position, shifts: readonly Shift[]): Position {
  let before = 0;
  for (const shift of shifts) {
    if (shift.line !== line || column - before < shift.column) continue;
    before = Math.min(before + shift.by, column - shift.column);
  }
  return { line, column: column - before };
}

function shifted({ line, column }: Position, shifts: readonly Shift[]): Position {
  const before = shifts.filter((shift) => shift.line === line && shift.column <= column);
  return { line, column: before.reduce((sum, { by }) => sum + by, column) };
}

export function shiftsOf(code: string, insertions: readonly Insertion[]): readonly Shift[] {
  return insertions.map(({ offset, text }) => ({ ...positionAt(code, offset), by: text.length }));
}

/** @param insertions from left to right */
export function withInsertions(code: string, insertions: readonly Insertion[]): string {
  const ends = [...insertions.slice(1).map(({ offset }) => offset), code.length];
  const parts = insertions.map(({ offset, text }, index) => text + code.slice(offset, ends[index]));
  return code.slice(0, insertions[0]?.offset) + parts.join("");
}

/** Erases import declarations, since their names are parameters. `import` in `import(…)` is replaced by `$$load`, which also has six letters. */
function withoutImports(code: string, program: Program): string {
  const units = code.split("");
  for (const { type, start, end } of program.body) {
    if (type !== "ImportDeclaration") continue;
    for (let at = start; at < end; at++) if (units[at] !== "\n") units[at] = " ";
    units[start] = ";";
  }
  simple(program, {
    ImportExpression({ start }) {
      units.splice(start, LOAD.length, ...LOAD);
    },
  });
  return units.join("");
}

/** Wraps the last expression in a call of `$$value`. The call opens at the end of the statement before, so that columns on the last line rarely change. */
function captureLastValue(code: string, program: Program): { head: string; insertions: readonly Insertion[] } {
  const statements = program.body.filter(({ type }) => type !== "EmptyStatement");
  const last = statements.at(-1);
  if (last?.type !== "ExpressionStatement") return { head: "", insertions: [] };
  const opening = `;${VALUE}((`;
  const hasSemicolon = code[last.end - 1] === ";";
  const closing = { offset: hasSemicolon ? last.end - 1 : last.end, text: hasSemicolon ? "))" : "));" };
  const before = statements.at(-2)?.end;
  if (before === undefined) return { head: opening, insertions: [closing] };
  return { head: "", insertions: [{ offset: before, text: opening }, closing] };
}
