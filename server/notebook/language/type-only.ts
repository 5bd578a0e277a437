/** Statements and class members that consist of types only: they are erased before a cell runs. */
import { isNode, nodeAt, type SyntaxNode } from "./syntax.ts";

export function isTypeOnly(node: SyntaxNode): boolean {
  switch (node.type) {
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSDeclareFunction":
    case "TSIndexSignature":
      return true;
    case "ExportNamedDeclaration":
    case "ImportDeclaration":
      return node.exportKind === "type" || node.importKind === "type";
    case "TSImportEqualsDeclaration":
      return node.importKind === "type";
    case "VariableDeclaration":
    case "ClassDeclaration":
    case "TSEnumDeclaration":
      return node.declare === true;
    case "TSModuleDeclaration":
      return node.declare === true || !hasValues(node);
    case "PropertyDefinition":
    case "MethodDefinition":
      return node.declare === true || node.abstract === true || nodeAt(node, "value")?.type === "TSDeclareMethod";
    default:
      return false;
  }
}

/** Whether a namespace contains code that runs. */
function hasValues(node: SyntaxNode): boolean {
  const body = nodeAt(node, "body");
  if (body?.type === "TSModuleDeclaration") return !isTypeOnly(body);
  return Array.isArray(body?.body) && !body.body.filter(isNode).every((each) => isTypeOnly(exported(each)));
}

/** The declaration after `export`. */
function exported(node: SyntaxNode): SyntaxNode {
  return node.type === "ExportNamedDeclaration" ? (nodeAt(node, "declaration") ?? node) : node;
}
