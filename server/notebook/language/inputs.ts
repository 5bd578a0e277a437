/**
 * The inputs of a cell that are constants: `const rank = input.range(…)`. The call is the whole initialiser, so a change can
 * replace the value of the constant without running the cell again.
 */
import type { CallExpression, Expression, Program } from "acorn";
import type { InputDeclaration, InputKind } from "../types.ts";

const KINDS: readonly InputKind[] = [
  "range",
  "number",
  "choice",
  "many",
  "text",
  "textarea",
  "toggle",
  "button",
  "file",
  "table",
];

export function inputsOf(program: Program): InputDeclaration[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return [];
    return statement.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier" || init?.type !== "CallExpression") return [];
      const path = pathOf(init.callee);
      const live = path?.[1] === "live";
      const kind = KINDS.find((each) => each === path?.[live ? 2 : 1]);
      if (path?.[0] !== "input" || path.length !== (live ? 3 : 2) || !kind) return [];
      return [{ name: id.name, kind, live, call: start(init), method: start(methodOf(init)) }];
    });
  });
}

/** `input.live.range` → its three names. */
function pathOf(callee: Expression | CallExpression["callee"]): string[] | undefined {
  if (callee.type === "Identifier") return [callee.name];
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return undefined;
  const object = callee.object.type === "Super" ? undefined : pathOf(callee.object);
  return object && [...object, callee.property.name];
}

function methodOf({ callee }: CallExpression): CallExpression["callee"] {
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property : callee;
}

function start({ loc }: CallExpression["callee"]): InputDeclaration["call"] {
  return { line: loc!.start.line, column: loc!.start.column };
}
