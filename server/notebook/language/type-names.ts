/** The names in types: what a type declares and uses. They order nothing and run nothing. */
import type { Manner, Name, Scope } from "./scope.ts";
import { childrenOf, nodeAt, type SyntaxNode } from "./syntax.ts";

export type Note = (id: Name, scope: Scope, manner: Manner) => void;

/** Walks a type, or a statement that is types alone. */
export function walkType(node: SyntaxNode, scope: Scope, note: Note): void {
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
      note(rootOf(nodeAt(node, "typeName")!), scope, "type");
      break;
    case "TSExpressionWithTypeArguments":
      note(rootOf(nodeAt(node, "expression")!), scope, "type");
      break;
    case "TSTypeQuery": {
      const name = rootOf(nodeAt(node, "exprName")!);
      if (name.type === "Identifier") note(name, scope, "queried");
      break;
    }
  }
  if (node.computed === true) {
    const name = rootOf(nodeAt(node, "key")!);
    if (name.type === "Identifier") note(name, scope, "queried");
  }
  const inner = BOUNDING.has(node.type) ? scope.block() : scope;
  const parameters = [node.parameters, node.params].flat();
  for (const child of childrenOf(node)) {
    if (child.type === "Identifier" && parameters.includes(child)) inner.declare(child as Name);
    walkType(child, inner, note);
  }
}

/** `a` of `a.b.c`. */
export function rootOf(node: SyntaxNode): Name {
  const left = nodeAt(node, "left") ?? nodeAt(node, "object");
  return left ? rootOf(left) : (node as Name);
}

/** Types whose own parameters, of either kind, hold within them. A conditional one bounds what it infers. */
const BOUNDING: ReadonlySet<string> = new Set([
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
