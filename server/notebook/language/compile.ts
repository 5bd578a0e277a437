/**
 * Compiles a cell's source to the text of a function that runs it. All code stays on its line. Columns change only after
 * insertions: a call around the last expression, and interrupt checks in loops. `shifts` lists them, so that the positions
 * in a stack trace can be translated back to the source.
 */
import type { Program } from "acorn";
import { simple } from "acorn-walk";
import type { Analysis, ImportDeclaration, Position } from "../types.ts";
import { contextInsertions } from "./contexts.ts";
import { declaredBy } from "./declared-names.ts";
import { IMPORTED, type ImportedCall, importedUses } from "./imported-uses.ts";
import { isFile } from "./imports.ts";
import { type Insertion, interruptChecks } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, positionAt } from "./syntax.ts";

export type CompiledCell = {
  /**
   * An async function expression; its second line is the first line of the source. Parameters: `PARAMETERS`, then
   * `references`. It passes the value of the last expression to `$$value` and, at the end, its definitions to `$$share`, with
   * getters for those that may change; it resolves to undefined. `import(…)` calls `$$load`. Loops call `$$check` when `$$look[0]`
   * is not zero. What it imports from project files is read from `$$in`.
   */
  readonly code: string;
  /** The names to pass after `PARAMETERS`, in this order: all references, globals included, and imports from packages. */
  readonly references: readonly string[];
  /** The inputs that are constants, each with the position that a stack trace gives for its call. */
  readonly inputs: readonly { readonly site: Position; readonly name: string }[];
  /** The same for streams. The call is awaited, so the constant starts with the first value of the stream. */
  readonly streams: readonly { readonly site: Position; readonly name: string }[];
  readonly shifts: readonly Shift[];
  readonly calls: readonly ImportedCall[];
};

/** From this position in the source to the end of its line, the code is so many columns further right. Listed from left to right. */
export type Shift = Position & { readonly by: number };

export const PARAMETERS = ["$$value", "$$share", "$$load", "$$look", "$$check", IMPORTED] as const;
const [VALUE, SHARE, LOAD, LOOK, CHECK] = PARAMETERS;
/** Names that no parameter may have in strict mode. */
const RESERVED: ReadonlySet<string> = new Set(["arguments", "eval"]);

/** @throws SyntaxError if the source cannot be parsed; then `analysis.errors` contains the error */
export function compileCell(source: string, analysis: Analysis): CompiledCell {
  const stripped = strip(source, parseTypeScript(source)).code;
  const program = parseJavaScript(stripped);
  const namesFrom = (from: readonly ImportDeclaration[]): string[] => from.flatMap(({ names }) => Object.keys(names));
  const imported = namesFrom(analysis.imports);
  const fromFiles = new Set(namesFrom(analysis.imports.filter(({ module }) => isFile(module))));
  const packages = imported.filter((name) => !fromFiles.has(name));
  const references = [...analysis.references.filter((name) => !RESERVED.has(name)), ...packages];
  const changing = changingNames(program);
  const definitions = analysis.definitions
    .filter((name) => !imported.includes(name))
    .map((name) => (changing.has(name) ? `get ${name}(){return ${name}}` : name));
  const uses = importedUses(stripped, program, fromFiles, lastExpression(program)?.start);
  const { head, insertions } = captureLastValue(stripped, program);
  const contexts = contextInsertions(
    program,
    analysis.streams.map(({ offset }) => offset),
  );
  const all = [
    ...contexts.closings,
    ...interruptChecks(program, `${LOOK}[0]`, `${CHECK}()`),
    ...uses.insertions,
    ...insertions,
    ...contexts.openings,
  ].sort((a, b) => a.offset - b.offset);
  const body = withInsertions(withoutImports(stripped, program), all);
  const shifts = shiftsOf(stripped, all);
  return {
    code: `"use strict";(async function(${[...PARAMETERS, ...references].join(",")}){${head}\n${body}\n;${SHARE}({${definitions.join(",")}});})`,
    references,
    inputs: analysis.inputs.map(({ name, method }) => ({ site: shifted(method, shifts), name })),
    streams: analysis.streams.map(({ name, call }) => ({ site: shifted(call, shifts), name })),
    shifts,
    calls: uses.calls.map(({ bracket, position }) => ({ bracket: shifted(bracket, shifts), position })),
  };
}

/** The names of the top level that code may assign to after the cell has run. */
function changingNames(program: Program): ReadonlySet<string> {
  return new Set(
    program.body.flatMap((each) =>
      each.type === "VariableDeclaration" && each.kind !== "const" ? declaredBy(each) : [],
    ),
  );
}

/** Translates a position in the compiled code to the source. */
export function unshifted(
  { line, column }: Position,
  { shifts, calls }: Pick<CompiledCell, "shifts" | "calls">,
): Position {
  const call = calls.find(({ bracket }) => bracket.line === line && bracket.column === column);
  if (call) return call.position;
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
  const last = lastExpression(program);
  if (!last) return { head: "", insertions: [] };
  const opening = `;${VALUE}((`;
  const hasSemicolon = code[last.end - 1] === ";";
  const closing = { offset: hasSemicolon ? last.end - 1 : last.end, text: hasSemicolon ? "))" : "));" };
  const before = statementsOf(program).at(-2)?.end;
  if (before === undefined) return { head: opening, insertions: [closing] };
  return { head: "", insertions: [{ offset: before, text: opening }, closing] };
}

function statementsOf({ body }: Program): Program["body"] {
  return body.filter(({ type }) => type !== "EmptyStatement");
}

function lastExpression(program: Program): Program["body"][number] | undefined {
  const last = statementsOf(program).at(-1);
  return last?.type === "ExpressionStatement" ? last : undefined;
}
