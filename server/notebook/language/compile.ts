/**
 * From a cell's source to the text of a function that runs it. Every line stays where the user wrote it. Columns stay
 * too, but behind what is put in: a call around the last expression, and checks in loops, so that code which never
 * yields can be interrupted. `shifts` tells where, for whoever reads a stack trace.
 */
import type { Program } from "acorn";
import { simple } from "acorn-walk";
import type { Analysis, Position } from "../types.ts";
import { type Insertion, interruptible } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, positionAt } from "./syntax.ts";

export type CompiledCell = {
  /**
   * An async function expression whose second line is the source's first. Parameters: `PARAMETERS`, then `references`.
   * It hands the value of the last expression to `$$value`, its definitions at the end to `$$share`, and resolves to
   * nothing. `import(…)` in it is a call of `$$load`. Its loops call `$$check` when `$$look[0]` is not zero.
   */
  readonly code: string;
  /** Names that must be passed after `PARAMETERS`, in this order: free names, global ones among them, and imports. */
  readonly references: readonly string[];
  /** Where a stack trace sees the call of each input that is a constant, and its name. */
  readonly inputs: readonly { readonly site: Position; readonly name: string }[];
  /** The same for the call of each stream, which is awaited: the constant begins with the stream's first value. */
  readonly streams: readonly { readonly site: Position; readonly name: string }[];
  readonly shifts: readonly Shift[];
};

/** What stood on this line of the source at or after this column stands so much further right. From left to right on each line. */
export type Shift = Position & { readonly by: number };

export const PARAMETERS = ["$$value", "$$share", "$$load", "$$look", "$$check"] as const;
const [VALUE, SHARE, LOAD, LOOK, CHECK] = PARAMETERS;
/** No parameter may be called so. */
const RESERVED: ReadonlySet<string> = new Set(["arguments", "eval"]);

/** @throws SyntaxError for a source that cannot be read; `analysis.errors` has it then. */
export function compileCell(source: string, analysis: Analysis): CompiledCell {
  const stripped = strip(source, parseTypeScript(source)).code;
  const program = parseJavaScript(stripped);
  const imported = analysis.imports.flatMap(({ names }) => Object.keys(names));
  const references = [...analysis.references.filter((name) => !RESERVED.has(name)), ...imported];
  const own = analysis.definitions.filter((name) => !imported.includes(name));
  const { head, insertions } = valued(stripped, program);
  const awaited = analysis.streams.map(({ at }) => ({ at, text: "await " }));
  const all = [...interruptible(program, `${LOOK}[0]`, `${CHECK}()`), ...awaited, ...insertions].sort(
    (a, b) => a.at - b.at,
  );
  const body = inserted(withoutImports(stripped, program), all);
  const shifts = shiftsOf(stripped, all);
  return {
    code: `"use strict";(async function(${[...PARAMETERS, ...references].join(",")}){${head}\n${body}\n;${SHARE}({${own.join(",")}});})`,
    references,
    inputs: analysis.inputs.map(({ name, method }) => ({ site: shifted(method, shifts), name })),
    streams: analysis.streams.map(({ name, call }) => ({ site: shifted(call, shifts), name })),
    shifts,
  };
}

/** The place in the source of a place in the script. */
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
  return insertions.map(({ at, text }) => ({ ...positionAt(code, at), by: text.length }));
}

/** @param insertions from left to right. */
export function inserted(code: string, insertions: readonly Insertion[]): string {
  const ends = [...insertions.slice(1).map(({ at }) => at), code.length];
  const parts = insertions.map(({ at, text }, index) => text + code.slice(at, ends[index]));
  return code.slice(0, insertions[0]?.at) + parts.join("");
}

/** Imports come in as parameters. `import(…)` becomes a call of the parameter that loads; both words have six letters. */
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

/** The call that takes the last expression's value opens behind the statement before, where mostly nothing else can move. */
function valued(code: string, program: Program): { head: string; insertions: readonly Insertion[] } {
  const statements = program.body.filter(({ type }) => type !== "EmptyStatement");
  const last = statements.at(-1);
  if (last?.type !== "ExpressionStatement") return { head: "", insertions: [] };
  const opening = `;${VALUE}((`;
  const ended = code[last.end - 1] === ";";
  const closing = { at: ended ? last.end - 1 : last.end, text: ended ? "))" : "));" };
  const before = statements.at(-2)?.end;
  if (before === undefined) return { head: opening, insertions: [closing] };
  return { head: "", insertions: [{ at: before, text: opening }, closing] };
}
