/**
 * The interrupt checks that are inserted into a cell's code: at the start of every loop body, and in functions that call
 * themselves, since these can run for ever without any other call. A check reads one flag, which takes half a nanosecond.
 * It comes before any `try` in the body, so that the code cannot catch the interrupt.
 */
import type { Node, Program } from "acorn";
import { full } from "acorn-walk";
import { childrenOf, isNode, type SyntaxNode } from "./syntax.ts";

/** Text to insert into code at an offset, before the character there. */
export type Insertion = { readonly offset: number; readonly text: string };

/**
 * @param flag an expression that is not zero when an interrupt was requested
 * @param check a call that is made then; it throws if the cell must end
 */
export function interruptChecks(program: Program, flag: string, check: string): Insertion[] {
  const insertions: Insertion[] = [];
  const statement = `if(${flag})${check};`;
  const checkLoop = (body: SyntaxNode): void => {
    if (body.type === "BlockStatement") insertions.push({ offset: body.start + 1, text: statement });
    else insertions.push({ offset: body.start, text: `{${statement}` }, { offset: body.end, text: "}" });
  };
  const checkFunction = (body: SyntaxNode): void => {
    if (body.type === "BlockStatement") insertions.push({ offset: afterDirectives(body), text: statement });
    else insertions.push({ offset: body.start, text: `(${flag}&&${check},` }, { offset: body.end, text: ")" });
  };
  full(program, (each: Node) => {
    const node = each as SyntaxNode;
    if (LOOPS.has(node.type) && isNode(node.body)) checkLoop(node.body);
    const recursive = recursiveFunction(node);
    if (recursive && isNode(recursive.body)) checkFunction(recursive.body);
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

/** The function that this node names, if it calls itself by that name. */
function recursiveFunction(node: SyntaxNode): SyntaxNode | undefined {
  const named = node.type === "VariableDeclarator" ? node.init : node;
  if (!isNode(named) || !named.type.includes("Function")) return undefined;
  const id = node.id;
  return isNode(id) && id.type === "Identifier" && calls(named, id.name) ? named : undefined;
}

function calls(node: SyntaxNode, name: unknown): boolean {
  const { callee } = node;
  if (node.type === "CallExpression" && isNode(callee) && callee.type === "Identifier" && callee.name === name)
    return true;
  return childrenOf(node).some((child) => calls(child, name));
}

/** Directives such as "use strict" must stay first. */
function afterDirectives(block: SyntaxNode): number {
  const directives = childrenOf(block).filter((statement) => typeof statement.directive === "string");
  return directives.at(-1)?.end ?? block.start + 1;
}
