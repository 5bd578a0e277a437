/**
 * The parsers. A cell is read twice: as TypeScript, to take its types out, and what is left as JavaScript. All that
 * orders and runs cells looks at the JavaScript tree, so none of it has to know TypeScript.
 *
 * Cells are read as modules: strict, with `await` at the top level and `import`.
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Options, Parser, type Program } from "acorn";
import type { CellError, Position } from "../types.ts";

/** A node of a tree that holds TypeScript, of which acorn's types know nothing. */
export type SyntaxNode = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** What a cell exports is refused with advice, so whether it is declared is no matter. */
const LenientExports = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    checkLocalExport(): void {}
  };

const TypeScript = Parser.extend(tsPlugin(), LenientExports);
const OPTIONS: Options = { ecmaVersion: "latest", sourceType: "module", locations: true };

/**
 * Some JavaScript is beyond the TypeScript parser, such as `a ? (b, c) : d => e`: what the other one reads is read, too.
 * @throws SyntaxError by acorn; see `syntaxError`.
 */
export function parseTypeScript(source: string): Program {
  try {
    return TypeScript.parse(source, OPTIONS);
  } catch (thrown) {
    try {
      return parseJavaScript(source);
    } catch {
      throw thrown;
    }
  }
}

/** @throws SyntaxError by acorn; see `syntaxError`. */
export function parseJavaScript(source: string, options: Partial<Options> = {}): Program {
  return Parser.parse(source, { ...OPTIONS, ...options });
}

/** What acorn threw, in the user's words. */
export function syntaxError(thrown: unknown, source: string): CellError {
  const { message, pos = 0, loc } = thrown as SyntaxError & { pos?: number; loc?: Position };
  const position = loc ? { line: loc.line, column: loc.column } : positionAt(source, pos);
  return { kind: "syntax", message: worded(message.replace(/ \(\d+:\d+\)$/, ""), source.slice(pos)), position };
}

function worded(message: string, rest: string): string {
  if (!message.startsWith("Unexpected token")) return `${message}.`.replace(/\.\.$/, ".");
  const token = /^(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|\d+|["'`]|[^\s\w]{1,3}?)/u.exec(rest)?.[0];
  return token === undefined ? "The cell ends before its code does." : `\`${token}\` is not expected here.`;
}

export function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length };
}

/** Where a node of a parsed cell begins. */
export function placeOf({ loc }: SyntaxNode): Position {
  const { line, column } = (loc as { readonly start: Position }).start;
  return { line, column };
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Nodes of TypeScript's that have a value inside, at `expression`. */
export const HOLDS_VALUE: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSInstantiationExpression",
]);

/** The nodes right below a node, in the order of its properties. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const property in node) {
    const value = node[property];
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) for (const each of value) if (isNode(each)) children.push(each);
  }
  return children;
}

/** The nodes of a list at a property; holes are left out. */
export function nodesAt(node: SyntaxNode, property: string): SyntaxNode[] {
  const value = node[property];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The node at a property. */
export function nodeAt(node: SyntaxNode, property: string): SyntaxNode | undefined {
  const value = node[property];
  return isNode(value) ? value : undefined;
}
