/**
 * The inputs of a cell. Most are constants: `const rank = input.range(…)`. The call is the whole initialiser, so a change can
 * replace the value of the constant without running the cell again.
 */
import type { CallExpression, Expression, Program } from "acorn";
import { simple } from "acorn-walk";
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
      const called = id.type === "Identifier" && init?.type === "CallExpression" ? controlOf(init) : undefined;
      if (id.type !== "Identifier" || init?.type !== "CallExpression" || !called) return [];
      return [{ name: id.name, ...called, call: start(init), method: start(methodOf(init)) }];
    });
  });
}

/** The names of the other inputs, where the label is written out. */
export function inlineInputsOf(program: Program): string[] {
  const constants = new Set(inputsOf(program).map(({ method }) => `${method.line}:${method.column}`));
  const names: string[] = [];
  simple(program, {
    CallExpression(call) {
      const [label] = call.arguments;
      const { line, column } = start(methodOf(call));
      if (!controlOf(call) || constants.has(`${line}:${column}`)) return;
      if (label?.type === "Literal" && typeof label.value === "string") names.push(nameOfLabel(label.value));
    },
  });
  return names;
}

/** The name of an input that is not a constant. */
export function nameOfLabel(label: string): string {
  return label.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-|-$/g, "") || "input";
}

function controlOf({ callee }: CallExpression): Pick<InputDeclaration, "kind" | "live"> | undefined {
  const path = pathOf(callee);
  const live = path?.[1] === "live";
  const kind = KINDS.find((each) => each === path?.[live ? 2 : 1]);
  return path?.[0] === "input" && path.length === (live ? 3 : 2) && kind ? { kind, live } : undefined;
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
