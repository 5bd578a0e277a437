/** Patterns: the targets of declarations, parameters and assignments, such as `{ a, b: [c = 1] }`. */
import type { Name, Scope } from "./scope.ts";
import { nodeAt, nodesAt, type SyntaxNode } from "./syntax.ts";
import { visitAt, type Walk } from "./walk.ts";

export type Pattern = {
  /** Where default values, computed keys and type annotations are evaluated. */
  readonly scope: Scope;
  /** Called with each name that the pattern declares or assigns to. */
  readonly bind: (id: Name) => void;
  /** Where the decorators of a parameter are evaluated; `scope` if left out. */
  readonly decoratorScope?: Scope;
};

export function visitPattern(node: SyntaxNode, pattern: Pattern, walk: Walk): void {
  const { scope, bind, decoratorScope = scope } = pattern;
  visitAt(["decorators"], node, decoratorScope, walk);
  const visitPart = (part: SyntaxNode): void => visitPattern(part, pattern, walk);
  switch (node.type) {
    case "Identifier":
      // A parameter `this` only gives a type.
      if (node.name !== "this") bind(node as Name);
      break;
    case "ObjectPattern":
      for (const property of nodesAt(node, "properties")) {
        if (property.computed === true) visitAt(["key"], property, scope, walk);
        visitPart(property.type === "RestElement" ? property : nodeAt(property, "value")!);
      }
      break;
    case "ArrayPattern":
      for (const element of nodesAt(node, "elements")) visitPart(element);
      break;
    case "AssignmentPattern":
      visitPart(nodeAt(node, "left")!);
      visitAt(["right"], node, scope, walk);
      break;
    case "RestElement":
      visitPart(nodeAt(node, "argument")!);
      break;
    case "TSParameterProperty":
      visitPart(nodeAt(node, "parameter")!);
      break;
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSNonNullExpression":
      visitPart(nodeAt(node, "expression")!);
      break;
    default:
      // A member such as `a.b` in `[a.b] = c`.
      walk.visit(node, scope);
      return;
  }
  visitAt(["typeAnnotation"], node, scope, walk);
}
