/**
 * The streams of a cell: `const x = stream(async function* () { … })`. There the call is the whole initialiser and the
 * generator stands in it, so that no other function of the name is meant; each value that it yields replaces the constant.
 */
import type { Program } from "acorn";
import type { Analysis } from "../types.ts";

/** @param program a tree without types. */
export function streamsOf(program: Program): Analysis["streams"][number][] {
  return program.body.flatMap((statement) => {
    if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return [];
    return statement.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier" || init?.type !== "CallExpression" || init.callee.type !== "Identifier") return [];
      const [made] = init.arguments;
      if (init.callee.name !== "stream" || made?.type !== "FunctionExpression" || !made.generator) return [];
      const { line, column } = init.loc!.start;
      return [{ name: id.name, call: { line, column }, at: init.start }];
    });
  });
}
