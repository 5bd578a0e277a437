/** Statements and members that say nothing but types: they go before a cell runs, and leave nothing behind. */
import { isNode, nodeAt, type SyntaxNode } from "./syntax.ts";

export function isTypeAlone(node: SyntaxNode): boolean {
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

/** Whether anything in a namespace runs. */
function hasValues(node: SyntaxNode): boolean {
  const body = nodeAt(node, "body");
  if (body?.type === "TSModuleDeclaration") return !isTypeAlone(body);
  return Array.isArray(body?.body) && !body.body.filter(isNode).every((each) => isTypeAlone(exported(each)));
}

/** The declaration behind `export`. */
export function exported(node: SyntaxNode): SyntaxNode {
  return node.type === "ExportNamedDeclaration" ? (nodeAt(node, "declaration") ?? node) : node;
}
