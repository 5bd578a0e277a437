/**
 * Where a cell's code must look whether it is to end: at the start of every loop's body, and in functions that call
 * themselves, since these are the ways to work for ever without calling anybody. The look is a plain read, half a
 * nanosecond, and stands before whatever the body tries and catches.
 */
import type { Node, Program } from "acorn";
import { full } from "acorn-walk";
import { childrenOf, isNode, type SyntaxNode } from "./syntax.ts";

/** Text to put into code at an offset, in front of what stands there. */
export type Insertion = { readonly at: number; readonly text: string };

/** @param look an expression that is not zero when @param check, a call that may throw, is due. */
export function interruptible(program: Program, look: string, check: string): Insertion[] {
  const insertions: Insertion[] = [];
  const inBlock = `if(${look})${check};`;
  const into = (body: SyntaxNode): void => {
    if (body.type === "BlockStatement") insertions.push({ at: body.start + 1, text: inBlock });
    else insertions.push({ at: body.start, text: `{${inBlock}` }, { at: body.end, text: "}" });
  };
  const intoFunction = (body: SyntaxNode): void => {
    if (body.type === "BlockStatement") insertions.push({ at: afterDirectives(body), text: inBlock });
    else insertions.push({ at: body.start, text: `(${look}&&${check},` }, { at: body.end, text: ")" });
  };
  full(program, (each: Node) => {
    const node = each as SyntaxNode;
    if (LOOPS.has(node.type) && isNode(node.body)) into(node.body);
    const own = selfCalling(node);
    if (own && isNode(own.body)) intoFunction(own.body);
  });
  return insertions;
}

const LOOPS: ReadonlySet<string> = new Set([
  "WhileStatement",
  "DoWhileStatement",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
]);

/** The function that this node gives a name to, where the name is called in it. */
function selfCalling(node: SyntaxNode): SyntaxNode | undefined {
  const made = node.type === "VariableDeclarator" ? node.init : node;
  if (!isNode(made) || !made.type.includes("Function")) return undefined;
  const id = node.id;
  return isNode(id) && id.type === "Identifier" && calls(made, id.name) ? made : undefined;
}

function calls(node: SyntaxNode, name: unknown): boolean {
  const { callee } = node;
  if (node.type === "CallExpression" && isNode(callee) && callee.type === "Identifier" && callee.name === name)
    return true;
  return childrenOf(node).some((child) => calls(child, name));
}

/** Directives must stay first. */
function afterDirectives(block: SyntaxNode): number {
  const directives = childrenOf(block).filter((statement) => typeof statement.directive === "string");
  return directives.at(-1)?.end ?? block.start + 1;
}
