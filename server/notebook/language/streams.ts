/**
 * The streams of a cell: `const x = stream(async function* () { … })`. Each value that the generator yields replaces the
 * constant. The call must be the whole initialiser and contain the generator, which tells it apart from calls of other
 * functions named `stream`.
 */
import type { Program } from "acorn";
import type { Analysis } from "../types.ts";

/** @param program a JavaScript tree */
export function streamsOf(program: Program): Analysis["streams"][number][] {
  return program.body.flatMap((statement) => {
    if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return [];
    return statement.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier" || init?.type !== "CallExpression" || init.callee.type !== "Identifier") return [];
      const [generator] = init.arguments;
      const isGenerator = generator?.type === "FunctionExpression" && generator.generator;
      if (init.callee.name !== "stream" || !isGenerator) return [];
      const { line, column } = init.loc!.start;
      return [{ name: id.name, call: { line, column }, offset: init.start }];
    });
  });
}
