/** Declarations: variables, functions, classes, imports, exports, and the forms that only TypeScript has. */
import { visitPattern } from "./patterns.ts";
import type { Name, Scope } from "./scope.ts";
import { nodeAt, nodesAt, type SyntaxNode } from "./syntax.ts";
import { rootOf, walkType } from "./type-names.ts";
import { type Visitor, type Visitors, visitAt, visitChildren, type Walk } from "./walk.ts";

export const DECLARATIONS: Visitors = {
  VariableDeclaration: (node, scope, walk) => {
    const bind = (id: Name): void => (node.kind === "var" ? scope.declareVar(id) : scope.declare(id));
    for (const declarator of nodesAt(node, "declarations")) {
      visitPattern(nodeAt(declarator, "id")!, { scope, bind }, walk);
      visitAt(["init"], declarator, scope, walk);
    }
  },
  FunctionDeclaration: (node, scope, walk) => {
    declareId(node, scope);
    visitFunction(node, scope, walk);
  },
  FunctionExpression: visitFunction,
  ArrowFunctionExpression: visitFunction,
  ClassDeclaration: (node, scope, walk) => {
    declareId(node, scope);
    visitClass(node, scope, walk);
  },
  ClassExpression: visitClass,
  ImportDeclaration: (node, scope) => {
    for (const specifier of nodesAt(node, "specifiers")) {
      const local = nodeAt(specifier, "local") as Name;
      if (specifier.importKind !== "type") scope.declare(local);
      scope.declareType(local.name);
    }
  },
  ExportNamedDeclaration: (node, scope, walk) => {
    visitAt(["declaration"], node, scope, walk);
    // `export … from "…"` uses no name of the cell.
    if (nodeAt(node, "source")) return;
    for (const specifier of nodesAt(node, "specifiers")) {
      const kind = specifier.exportKind === "type" ? "type-query" : "read";
      walk.report(nodeAt(specifier, "local") as Name, scope, kind);
    }
  },
  ExportAllDeclaration: () => {},
  TSEnumDeclaration: (node, scope, walk) => {
    declareId(node, scope);
    // Inside the enum its members are known by their names.
    const inside = scope.block();
    for (const member of nodesAt(node, "members")) {
      const name = nodeAt(member, "id");
      if (name?.type === "Identifier") inside.declare(name as Name);
      visitAt(["initializer"], member, inside, walk);
    }
  },
  TSModuleDeclaration: (node, scope, walk) => {
    declareId(node, scope);
    visitAt(["body"], node, scope.body(), walk);
  },
  TSModuleBlock: (node, scope, walk) => visitChildren(node, scope.body(), walk),
  TSImportEqualsDeclaration: (node, scope, walk) => {
    declareId(node, scope);
    const root = rootOf(nodeAt(node, "moduleReference")!);
    if (root.type === "Identifier") walk.report(root, scope, "read");
  },
  TSExportAssignment: visitChildren,
};

/** Declarations that declare nothing but types. */
export const visitTypeOnly: Visitor = (node, scope, walk) => {
  switch (node.type) {
    case "ImportDeclaration":
      for (const each of nodesAt(node, "specifiers")) scope.declareType((nodeAt(each, "local") as Name).name);
      break;
    case "TSImportEqualsDeclaration":
      scope.declareType((nodeAt(node, "id") as Name).name);
      break;
    case "ExportNamedDeclaration":
      visitAt(["declaration"], node, scope, walk);
      break;
    default:
      walkType(node, scope, walk.report);
  }
};

/** A default export may have no name, and `declare module "m"` has a string instead. */
function declareId(node: SyntaxNode, scope: Scope): void {
  const id = nodeAt(node, "id");
  if (id?.type !== "Identifier") return;
  scope.declare(id as Name);
  if (node.type !== "FunctionDeclaration") scope.declareType(String(id.name));
}

/** Parameters do not see the declarations of the body. The name of a function expression is known only inside it. */
function visitFunction(node: SyntaxNode, outer: Scope, walk: Walk): void {
  const isArrow = node.type === "ArrowFunctionExpression";
  const scope = isArrow ? outer.block() : outer.body("arguments");
  const ownName = node.type === "FunctionExpression" ? nodeAt(node, "id") : undefined;
  if (ownName) scope.declare(ownName as Name);
  visitAt(["typeParameters"], node, scope, walk);
  const parameters = { scope, bind: (id: Name) => scope.declare(id), decoratorScope: outer };
  for (const each of nodesAt(node, "params")) visitPattern(each, parameters, walk);
  visitAt(["returnType"], node, scope, walk);
  visitAt(["body"], node, scope.body(), walk);
}

function visitClass(node: SyntaxNode, outer: Scope, walk: Walk): void {
  visitAt(["decorators"], node, outer, walk);
  const inside = outer.block();
  const id = nodeAt(node, "id") as Name | undefined;
  if (id) {
    inside.declare(id);
    inside.declareType(id.name);
  }
  visitAt(["typeParameters", "superClass", "superTypeParameters", "implements"], node, inside, walk);
  visitChildren(nodeAt(node, "body")!, inside, walk);
}
