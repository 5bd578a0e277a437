/**
 * The parsers. A cell is parsed twice: as TypeScript, to erase its types, and then as JavaScript. The code that compiles
 * cells only sees the JavaScript tree and needs no knowledge of TypeScript.
 *
 * Cells are parsed as modules: in strict mode, with `import` and top-level `await`.
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Options, Parser, type Program } from "acorn";
import type { CellError, Position } from "../types.ts";

/** A node of a TypeScript tree. The types of acorn do not describe these. */
export type SyntaxNode = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** Exports of a cell are reported elsewhere, with advice. So the parser does not check whether the exported names exist. */
const LenientExports = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    checkLocalExport(): void {}
  };

const TypeScript = Parser.extend(tsPlugin(), LenientExports);
const OPTIONS: Options = { ecmaVersion: "latest", sourceType: "module", locations: true };

/**
 * The TypeScript parser fails on some valid JavaScript, such as `a ? (b, c) : d => e`. Then the JavaScript parser is tried.
 * @throws SyntaxError by acorn; see `syntaxError`
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

/** @throws SyntaxError by acorn; see `syntaxError` */
export function parseJavaScript(source: string, options: Partial<Options> = {}): Program {
  return Parser.parse(source, { ...OPTIONS, ...options });
}

/** The error that acorn threw, with a message for the user. */
export function syntaxError(thrown: unknown, source: string): CellError {
  const { message, pos = 0, loc } = thrown as SyntaxError & { pos?: number; loc?: Position };
  const position = loc ? { line: loc.line, column: loc.column } : positionAt(source, pos);
  return { kind: "syntax", message: messageOf(message.replace(/ \(\d+:\d+\)$/, ""), source.slice(pos)), position };
}

function messageOf(message: string, rest: string): string {
  if (!message.startsWith("Unexpected token")) return `${message}.`.replace(/\.\.$/, ".");
  const token = /^(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|\d+|["'`]|[^\s\w]{1,3}?)/u.exec(rest)?.[0];
  return token === undefined ? "The code is incomplete: the cell ends too early." : `Unexpected \`${token}\`.`;
}

export function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length };
}

/** The position where a node starts. */
export function startOf({ loc }: SyntaxNode): Position {
  const { line, column } = (loc as { readonly start: Position }).start;
  return { line, column };
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** TypeScript nodes that contain a value, at the property `expression`. */
export const HOLDS_VALUE: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSInstantiationExpression",
]);

/** The direct children of a node, in the order of its properties. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const property in node) {
    const value = node[property];
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) for (const each of value) if (isNode(each)) children.push(each);
  }
  return children;
}

/** The nodes of a list at a property, without holes. */
export function nodesAt(node: SyntaxNode, property: string): SyntaxNode[] {
  const value = node[property];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The node at a property. */
export function nodeAt(node: SyntaxNode, property: string): SyntaxNode | undefined {
  const value = node[property];
  return isNode(value) ? value : undefined;
}
