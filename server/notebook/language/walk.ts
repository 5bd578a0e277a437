/** What the parts of the binder share: they visit nodes in a scope and report the uses of names. */
import type { Name, Scope, UseKind } from "./scope.ts";
import { childrenOf, nodeAt, nodesAt, type SyntaxNode } from "./syntax.ts";

export type ReportUse = (id: Name, scope: Scope, kind: UseKind) => void;

export type Walk = {
  readonly visit: (node: SyntaxNode, scope: Scope) => void;
  readonly report: ReportUse;
};

/** How to visit a node of one type. */
export type Visitor = (node: SyntaxNode, scope: Scope, walk: Walk) => void;
export type Visitors = Readonly<Record<string, Visitor>>;

export function visitChildren(node: SyntaxNode, scope: Scope, { visit }: Walk): void {
  for (const child of childrenOf(node)) visit(child, scope);
}

/** Visits the nodes at these properties, in this order. */
export function visitAt(properties: readonly string[], node: SyntaxNode, scope: Scope, { visit }: Walk): void {
  for (const property of properties) {
    const child = nodeAt(node, property);
    if (child) visit(child, scope);
    else for (const each of nodesAt(node, property)) visit(each, scope);
  }
}
