/**
 * Takes the types out of a cell by writing spaces over them. Every line and column stays, so an error of the running
 * code names the place that the user wrote, without a source map. The cost: only what leaves no trace in JavaScript
 * can be written; enums, namespaces and parameter properties are refused, as `erasableSyntaxOnly` does in an editor.
 *
 * Where a line break that ended a statement, or that may not stand before `=>`, would come to mean something else, one
 * of the spaces becomes a semicolon or a bracket moves (the cases follow ts-blank-space).
 */
import type { Program } from "acorn";
import type { CellError } from "../types.ts";
import { childrenOf, HOLDS_VALUE, isNode, nodeAt, positionAt, type SyntaxNode } from "./syntax.ts";
import { isTypeAlone } from "./type-alone.ts";
import { refusal } from "./unsupported.ts";

export type Stripped = {
  /** As long as the source, with its line breaks. Imports of values stay in it. */
  readonly code: string;
  readonly errors: readonly CellError[];
};

/**
 * @param program the tree of `source` by `parseTypeScript`.
 * @param as a cell exports nothing; in a module exports stay as they are.
 */
export function strip(source: string, program: Program, as: "cell" | "module" = "cell"): Stripped {
  const eraser = new Eraser(source, as);
  eraser.visit(program as unknown as SyntaxNode);
  return { code: eraser.units.join(""), errors: eraser.errors };
}

/** What a cell cannot hold and a module can. */
const OF_MODULES = /^(?:Export(?:Named|Default|All)Declaration|MetaProperty)$/;

class Eraser {
  /** The code, one UTF-16 unit each. */
  readonly units: string[];
  readonly errors: CellError[] = [];
  readonly #source: string;
  /** Brackets to stand where a type stood, by the type's start. */
  readonly #moved = new Map<number, { readonly at: number; readonly bracket: string }>();
  /** Declarations in the head of a loop, which has its own semicolons. */
  readonly #heads = new Set<SyntaxNode>();

  readonly #module: boolean;

  constructor(source: string, as: "cell" | "module") {
    this.#source = source;
    this.#module = as === "module";
    this.units = source.split("");
  }

  visit(node: SyntaxNode): void {
    const { type, start, end } = node;
    const message = this.#module && OF_MODULES.test(type) ? undefined : refusal(node);
    if (isTypeAlone(node)) this.#statement(node);
    else if (message !== undefined) {
      this.errors.push({ kind: "unsupported", message, position: positionAt(this.#source, start) });
    } else if (type.startsWith("TS") && !HOLDS_VALUE.has(type)) this.#blank(start, end);
    else {
      this.#own(node);
      for (const child of childrenOf(node)) this.visit(child);
      if (!this.#heads.has(node)) this.#terminate(node);
    }
  }

  /** What is a node's own to erase; its children see to themselves. */
  #own(node: SyntaxNode): void {
    switch (node.type) {
      case "TSAsExpression":
      case "TSSatisfiesExpression":
        this.#blank(this.#afterBrackets(nodeAt(node, "expression")!.end), node.end);
        break;
      case "TSNonNullExpression":
        this.#blank(node.end - 1, node.end);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        for (const head of [node.init, node.left]) if (isNode(head)) this.#heads.add(head);
        break;
      case "ExportNamedDeclaration":
        if (this.#module) this.#typesOf(node);
        else this.#blank(node.start, nodeAt(node, "declaration")!.start);
        break;
      case "ImportDeclaration":
        this.#typesOf(node);
        break;
      case "VariableDeclarator":
        if (node.definite === true) this.#mark(nodeAt(node, "id")!);
        break;
      case "Identifier":
        if (node.optional === true) this.#mark(node);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#class(node);
        break;
      case "PropertyDefinition":
      case "MethodDefinition":
        this.#member(node);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        this.#receiver(node);
        break;
      case "ArrowFunctionExpression":
        this.#arrow(node);
        break;
    }
  }

  /** A statement or member that is types alone leaves a semicolon, so that its neighbours stay apart. */
  #statement({ start, end }: SyntaxNode): void {
    this.#blank(start, end);
    this.units[start] = ";";
  }

  /** `import { type A, b }` keeps `b`; the comma goes with the type. */
  #typesOf(node: SyntaxNode): void {
    for (const specifier of childrenOf(node)) {
      if (specifier.importKind === "type" || (/Specifier$/.test(specifier.type) && specifier.exportKind === "type"))
        this.#blank(specifier.start, this.#afterComma(specifier.end));
    }
  }

  #class(node: SyntaxNode): void {
    if (node.abstract === true) this.#modifiers(node.start);
    const implemented = Array.isArray(node.implements) ? node.implements.filter(isNode) : [];
    const last = implemented.at(-1);
    if (!last) return;
    const before = [node.superTypeParameters, node.superClass, node.typeParameters, node.id].find(isNode);
    const from = before ? this.#afterBrackets(before.end) : node.start + "class".length;
    this.#blank(this.#skip(from), last.end);
  }

  #member(node: SyntaxNode): void {
    this.#modifiers(node.start);
    // A member that begins with `[` or `*` now must not go on from the one above.
    if (this.units[node.start] === " ") this.units[node.start] = ";";
    const key = nodeAt(node, "key")!;
    const name = node.computed === true ? this.#skip(this.#afterBrackets(key.end)) + 1 : key.end;
    if (node.optional === true || node.definite === true) this.#blank(this.#skip(name), this.#skip(name) + 1);
  }

  /** `this` as the first parameter is a type. */
  #receiver(node: SyntaxNode): void {
    const [first] = Array.isArray(node.params) ? node.params.filter(isNode) : [];
    if (first?.type === "Identifier" && first.name === "this") this.#blank(first.start, this.#afterComma(first.end));
  }

  /** No line may end between `async` or `return` and `(`, nor between `)` and `=>`. */
  #arrow(node: SyntaxNode): void {
    const generic = nodeAt(node, "typeParameters");
    if (generic && this.#breaks(generic)) {
      const at = this.#skip(generic.end);
      this.#blank(at, at + 1);
      this.#moved.set(generic.start, { at: generic.start, bracket: "(" });
    }
    const result = nodeAt(node, "returnType");
    if (result && this.#breaks(result)) {
      const at = this.#source.lastIndexOf(")", result.start);
      this.#blank(at, at + 1);
      this.#moved.set(result.start, { at: result.end - 1, bracket: ")" });
    }
  }

  /** Writes spaces over the words before a member's or class's own that are types' business. */
  #modifiers(from: number): void {
    const words = /([a-z]+)(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)+(?=[\p{ID_Start}\d$_#["'*])/uy;
    for (let at = from; ; at = this.#skip(words.lastIndex)) {
      words.lastIndex = at;
      const word = words.exec(this.#source)?.[1];
      if (word === undefined) return;
      if (/^(?:abstract|declare|override|readonly|public|protected|private)$/.test(word)) {
        this.#blank(at, at + word.length);
      } else if (!/^(?:static|async)$/.test(word)) return;
    }
  }

  /** Writes a space over the `?` or `!` that follows a name. */
  #mark({ start, end, name }: SyntaxNode): void {
    const at = this.#skip(start + String(name).length);
    if (at < end && /[?!]/.test(this.#source[at]!)) this.#blank(at, at + 1);
  }

  #blank(start: number, end: number): void {
    for (let at = start; at < end; at++) {
      if (!/[\n\r\u2028\u2029]/.test(this.units[at]!)) this.units[at] = " ";
    }
    const moved = this.#moved.get(start);
    if (moved) this.units[moved.at] = moved.bracket;
  }

  /** A statement that a line break ended, with a type as its last word, gets a semicolon there. */
  #terminate({ type, end }: SyntaxNode): void {
    const open = /^(?:ExpressionStatement|VariableDeclaration|ReturnStatement|ThrowStatement|PropertyDefinition)$/;
    if (open.test(type) && this.units[end - 1] === " ") this.units[end - 1] = ";";
  }

  #breaks({ start, end }: SyntaxNode): boolean {
    return /[\n\r\u2028\u2029]/.test(this.#source.slice(start, end));
  }

  /** The next place that is neither space nor comment. */
  #skip(from: number): number {
    const space = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
    space.lastIndex = from;
    return from + (space.exec(this.#source)?.[0].length ?? 0);
  }

  #afterComma(from: number): number {
    const at = this.#skip(from);
    return this.#source[at] === "," ? at + 1 : from;
  }

  /** The place behind the closing brackets around an expression, which belong to no node. */
  #afterBrackets(from: number): number {
    let end = from;
    for (let at = this.#skip(from); this.#source[at] === ")"; at = this.#skip(end)) end = at + 1;
    return end;
  }
}
