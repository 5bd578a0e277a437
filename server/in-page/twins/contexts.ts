/**
 * `notebook/language/contexts.ts` in a page: after each `await` of a cell, its async context is restored. `$$wait`, `$$went`,
 * `$$now`, `$$back` and `$$later` are in `node/context.ts`.
 */
import type { Node, Program } from "acorn";
import { fullAncestor, simple } from "acorn-walk";
import type { ContextInsertions } from "../../notebook/language/contexts.ts";
import type { Insertion } from "../../notebook/language/interruptible.ts";
import type { SyntaxNode } from "../../notebook/language/syntax.ts";

/** @param streams the offsets of calls that are awaited too */
export function contextInsertions(program: Program, streams: readonly number[]): ContextInsertions {
  const openings: Insertion[] = [];
  const closings: Insertion[] = [];
  const open = (offset: number, text: string): void => void openings.push({ offset, text });
  const close = (offset: number, text: string): void => void closings.push({ offset, text });
  fullAncestor(program, (each: Node, _state, ancestors: Node[]) => {
    const node = each as SyntaxNode;
    if (node.type === "AwaitExpression") {
      open(node.start, "$$went(");
      open(node.start + "await".length, " $$wait(");
      close(node.end, "))");
    } else if (returned(node, ancestors as unknown as readonly SyntaxNode[])) {
      const value = returned(node, ancestors as unknown as readonly SyntaxNode[])!;
      open(value.start, "$$later((");
      close(value.end, "))");
    } else if (node.type === "ForOfStatement" && node.await === true) {
      const body = node.body as SyntaxNode;
      const outer = labelled(ancestors as unknown as readonly SyntaxNode[]);
      open(outer.start, "{const $$own=$$now();");
      if (body.type === "BlockStatement") open(body.start + 1, "$$back($$own);");
      else {
        open(body.start, "{$$back($$own);");
        close(body.end, "}");
      }
      close(outer.end, "$$back($$own);}");
    }
  });
  simple(program, {
    CallExpression({ start, end }) {
      if (!streams.includes(start)) return;
      open(start, "$$went(await $$wait(");
      close(end, "))");
    },
  });
  // Inner nodes come first: their texts close first and open last.
  return { closings, openings: openings.reverse() };
}

/** What an async function returns here: an object with a `then` of its own is waited for by the engine. */
function returned(node: SyntaxNode, ancestors: readonly SyntaxNode[]): SyntaxNode | undefined {
  if (node.type === "ArrowFunctionExpression")
    return node.async === true && node.expression === true ? (node.body as SyntaxNode) : undefined;
  if (node.type !== "ReturnStatement" || !node.argument) return undefined;
  const owner = ancestors.slice(0, -1).findLast(({ type }) => type.includes("Function"));
  return owner?.async === true && owner.generator !== true ? (node.argument as SyntaxNode) : undefined;
}

/** The loop with the labels before it: a block must not come between them. */
function labelled(ancestors: readonly SyntaxNode[]): SyntaxNode {
  let at = ancestors.length - 1;
  while (at > 0 && ancestors[at - 1]!.type === "LabeledStatement") at -= 1;
  return ancestors[at]!;
}
