/** The names that a declaration in a JavaScript tree declares, those in patterns included. */
import type { Pattern, Program } from "acorn";

export function declaredBy(
  declaration: NonNullable<Extract<Program["body"][number], { type: "ExportNamedDeclaration" }>["declaration"]>,
): string[] {
  if (declaration.type !== "VariableDeclaration") return [declaration.id.name];
  return declaration.declarations.flatMap(({ id }) => boundBy(id));
}

function boundBy(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => boundBy(each.type === "RestElement" ? each.argument : each.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each ? boundBy(each) : []));
    case "RestElement":
      return boundBy(pattern.argument);
    case "AssignmentPattern":
      return boundBy(pattern.left);
    case "MemberExpression":
      return [];
  }
}
