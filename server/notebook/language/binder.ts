/**
 * The binder: which names a cell declares and which it uses, values and types, in one walk over the TypeScript tree. It
 * also reads cells that cannot run, for example because of an enum. It agrees with TypeScript's own binder, which the
 * tests compare it with.
 */
import type { Program } from "acorn";
import { DECLARATIONS, visitTypeOnly } from "./declarations.ts";
import { visitPattern } from "./patterns.ts";
import { type Name, Scope, type UseKind } from "./scope.ts";
import { HOLDS_VALUE, nodeAt, type SyntaxNode } from "./syntax.ts";
import { walkType } from "./type-names.ts";
import { isTypeOnly } from "./type-only.ts";
import { type Visitor, type Visitors, visitAt, visitChildren, type Walk } from "./walk.ts";

export type Use = { readonly id: Name; readonly kind: UseKind };

export type Names = {
  /** Value names of the top level, with hoisted `var`s and imports, each with its first declaration. */
  readonly definitions: ReadonlyMap<string, Name>;
  readonly typeDefinitions: ReadonlySet<string>;
  /** The uses of names that the cell does not declare, in the order of the code. */
  readonly free: readonly Use[];
};

export function namesOf(program: Program): Names {
  const uses: (Use & { readonly scope: Scope })[] = [];
  const walk: Walk = {
    visit: (node, scope) => visit(node, scope, walk),
    report: (id, scope, kind) => void uses.push({ id, scope, kind }),
  };
  const top = Scope.top();
  walk.visit(program as unknown as SyntaxNode, top);
  const free = uses.filter(({ id, scope, kind }) => scope.isFree(id.name, kind));
  return {
    definitions: top.values,
    typeDefinitions: top.types,
    free: free.sort((a, b) => a.id.start - b.id.start),
  };
}

const visit: Visitor = (node, scope, walk) => {
  if (isTypeOnly(node)) visitTypeOnly(node, scope, walk);
  else if (Object.hasOwn(VISITORS, node.type)) VISITORS[node.type]!(node, scope, walk);
  else if (node.type.startsWith("TS") && !HOLDS_VALUE.has(node.type)) walkType(node, scope, walk.report);
  else visitChildren(node, scope, walk);
};

/** The name of a property is not a use of a variable, unless it is in brackets. */
const visitMember: Visitor = (node, scope, walk) => {
  visitAt(["decorators", "object"], node, scope, walk);
  if (node.computed === true) visitAt(["key", "property"], node, scope, walk);
  visitAt(["typeAnnotation", "value"], node, scope, walk);
};

const visitAssignment: Visitor = (node, scope, walk) => {
  const target = nodeAt(node, "left") ?? nodeAt(node, "argument")!;
  visitPattern(target, { scope, bind: (id) => walk.report(id, scope, "written") }, walk);
  visitAt(["right"], node, scope, walk);
};

const visitLoopOver: Visitor = (node, scope, walk) => {
  const inside = scope.block();
  const left = nodeAt(node, "left")!;
  if (left.type === "VariableDeclaration") walk.visit(left, inside);
  else visitPattern(left, { scope: inside, bind: (id) => walk.report(id, inside, "written") }, walk);
  visitAt(["right", "body"], node, inside, walk);
};

/** The nodes that need more than a visit of their children. */
const VISITORS: Visitors = {
  ...DECLARATIONS,
  Identifier: (node, scope, walk) => walk.report(node as Name, scope, "read"),
  MemberExpression: visitMember,
  Property: visitMember,
  PropertyDefinition: visitMember,
  MethodDefinition: visitMember,
  LabeledStatement: (node, scope, walk) => visitAt(["body"], node, scope, walk),
  BreakStatement: () => {},
  ContinueStatement: () => {},
  MetaProperty: () => {},
  UnaryExpression: (node, scope, walk) => {
    const operand = nodeAt(node, "argument")!;
    if (node.operator === "typeof" && operand.type === "Identifier") walk.report(operand as Name, scope, "typeof");
    else walk.visit(operand, scope);
  },
  UpdateExpression: visitAssignment,
  AssignmentExpression: visitAssignment,
  BlockStatement: (node, scope, walk) => visitChildren(node, scope.block(), walk),
  ForStatement: (node, scope, walk) => visitChildren(node, scope.block(), walk),
  ForInStatement: visitLoopOver,
  ForOfStatement: visitLoopOver,
  SwitchStatement: (node, scope, walk) => {
    // The discriminant is outside of the block that the cases share.
    visitAt(["discriminant"], node, scope, walk);
    visitAt(["cases"], node, scope.block(), walk);
  },
  CatchClause: (node, scope, walk) => {
    const inside = scope.block();
    const caught = nodeAt(node, "param");
    if (caught) visitPattern(caught, { scope: inside, bind: (id) => inside.declare(id) }, walk);
    visitAt(["body"], node, inside, walk);
  },
  StaticBlock: (node, scope, walk) => visitChildren(node, scope.body(), walk),
  TSTypeAssertion: visitChildren,
};
