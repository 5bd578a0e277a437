/** The names that types declare and use. They do not order cells and nothing of them runs. */
import type { Name, Scope } from "./scope.ts";
import { childrenOf, nodeAt, type SyntaxNode } from "./syntax.ts";
import type { ReportUse } from "./walk.ts";

/** Walks a type, or a declaration that declares only types. */
export function walkType(node: SyntaxNode, scope: Scope, report: ReportUse): void {
  switch (node.type) {
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "ClassDeclaration":
    case "TSEnumDeclaration":
      scope.declareType((nodeAt(node, "id") as Name).name);
      break;
    case "TSTypeParameter":
      scope.declareType(String(node.name));
      break;
    case "TSTypeReference":
      report(rootOf(nodeAt(node, "typeName")!), scope, "type");
      break;
    case "TSExpressionWithTypeArguments":
      report(rootOf(nodeAt(node, "expression")!), scope, "type");
      break;
    case "TSTypeQuery": {
      const name = rootOf(nodeAt(node, "exprName")!);
      if (name.type === "Identifier") report(name, scope, "type-query");
      break;
    }
  }
  if (node.computed === true) {
    const name = rootOf(nodeAt(node, "key")!);
    if (name.type === "Identifier") report(name, scope, "type-query");
  }
  const inner = HAS_SCOPE.has(node.type) ? scope.block() : scope;
  const parameters = [node.parameters, node.params].flat();
  for (const child of childrenOf(node)) {
    if (child.type === "Identifier" && parameters.includes(child)) inner.declare(child as Name);
    walkType(child, inner, report);
  }
}

/** `a` of `a.b.c`. */
export function rootOf(node: SyntaxNode): Name {
  const left = nodeAt(node, "left") ?? nodeAt(node, "object");
  return left ? rootOf(left) : (node as Name);
}

/** Types with a scope of their own, for their type parameters and value parameters, and for what `infer` declares. */
const HAS_SCOPE: ReadonlySet<string> = new Set([
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "TSFunctionType",
  "TSConstructorType",
  "TSMethodSignature",
  "TSCallSignatureDeclaration",
  "TSConstructSignatureDeclaration",
  "TSIndexSignature",
  "TSMappedType",
  "TSConditionalType",
  "TSDeclareFunction",
  "TSDeclareMethod",
  "TSModuleBlock",
  "ClassDeclaration",
]);
