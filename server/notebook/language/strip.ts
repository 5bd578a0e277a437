/**
 * Erases the types of a cell by writing spaces over them. Every line and column stays, so errors have the right position
 * without a source map. The cost: only types that leave nothing in JavaScript can be used. Enums, namespaces and parameter
 * properties are reported as errors, as TypeScript's `erasableSyntaxOnly` does in an editor.
 *
 * In a few cases spaces would change the meaning: after a line break that ended a statement, and where no line break may
 * come before `=>`. There, one of the spaces becomes a semicolon, or a bracket moves (the cases of ts-blank-space).
 */
import type { Program } from "acorn";
import type { CellError } from "../types.ts";
import { afterBrackets, afterComma, hasLineBreak, modifiersFrom, skipSpace } from "./scan.ts";
import { childrenOf, HOLDS_VALUE, isNode, nodeAt, nodesAt, positionAt, type SyntaxNode } from "./syntax.ts";
import { isTypeOnly } from "./type-only.ts";
import { unsupportedForm } from "./unsupported.ts";

export type Stripped = {
  /** Has the same length and line breaks as the source. It still contains the imports of values. */
  readonly code: string;
  readonly errors: readonly CellError[];
};

/**
 * @param program the tree of `source` by `parseTypeScript`
 * @param form in a cell, exports are errors; in a module they stay as they are
 */
export function strip(source: string, program: Program, form: "cell" | "module" = "cell"): Stripped {
  const eraser = new Eraser(source, form);
  eraser.visit(program as unknown as SyntaxNode);
  return { code: eraser.units.join(""), errors: eraser.errors };
}

/** Nodes that a module can contain and a cell cannot. */
const MODULE_FORMS = /^(?:Export(?:Named|Default|All)Declaration|MetaProperty)$/;
/** Statements and members that a line break can end. */
const NEEDS_SEMICOLON =
  /^(?:ExpressionStatement|VariableDeclaration|ReturnStatement|ThrowStatement|PropertyDefinition)$/;
const TYPE_MODIFIER = /^(?:abstract|declare|override|readonly|public|protected|private)$/;

class Eraser {
  /** The code, one UTF-16 unit per item. */
  readonly units: string[];
  readonly errors: CellError[] = [];
  readonly #source: string;
  readonly #form: "cell" | "module";
  /** Brackets that replace a part of an erased type, by the start of the type. */
  readonly #movedBrackets = new Map<number, { readonly at: number; readonly bracket: string }>();
  /** Declarations in the head of a loop, where no semicolon may be added. */
  readonly #loopHeads = new Set<SyntaxNode>();

  constructor(source: string, form: "cell" | "module") {
    this.#source = source;
    this.#form = form;
    this.units = source.split("");
  }

  visit(node: SyntaxNode): void {
    const { type, start, end } = node;
    const message = this.#form === "module" && MODULE_FORMS.test(type) ? undefined : unsupportedForm(node);
    if (isTypeOnly(node)) this.#eraseStatement(node);
    else if (message !== undefined) {
      this.errors.push({ kind: "unsupported", message, position: positionAt(this.#source, start) });
    } else if (type.startsWith("TS") && !HOLDS_VALUE.has(type)) this.#blank(start, end);
    else {
      this.#eraseTypesOf(node);
      for (const child of childrenOf(node)) this.visit(child);
      if (NEEDS_SEMICOLON.test(type) && !this.#loopHeads.has(node)) this.#endWithSemicolon(node);
    }
  }

  /** Erases the types that belong to the node itself. Its children are visited separately. */
  #eraseTypesOf(node: SyntaxNode): void {
    switch (node.type) {
      case "TSAsExpression":
      case "TSSatisfiesExpression":
        this.#blank(afterBrackets(this.#source, nodeAt(node, "expression")!.end), node.end);
        break;
      case "TSNonNullExpression":
        this.#blank(node.end - 1, node.end);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        for (const head of [node.init, node.left]) if (isNode(head)) this.#loopHeads.add(head);
        break;
      case "ExportNamedDeclaration":
        if (this.#form === "module") this.#eraseTypeSpecifiers(node);
        else this.#blank(node.start, nodeAt(node, "declaration")!.start);
        break;
      case "ImportDeclaration":
        this.#eraseTypeSpecifiers(node);
        break;
      case "VariableDeclarator":
        if (node.definite === true) this.#eraseMark(nodeAt(node, "id")!);
        break;
      case "Identifier":
        if (node.optional === true) this.#eraseMark(node);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#eraseFromClass(node);
        break;
      case "PropertyDefinition":
      case "MethodDefinition":
        this.#eraseFromMember(node);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        this.#eraseThisParameter(node);
        break;
      case "ArrowFunctionExpression":
        this.#moveBrackets(node);
        break;
    }
  }

  /** Leaves a semicolon in place of the statement or member, so that its neighbours stay separate. */
  #eraseStatement({ start, end }: SyntaxNode): void {
    this.#blank(start, end);
    this.units[start] = ";";
  }

  /** `import { type A, b }` becomes an import of `b`; the comma after the type goes, too. */
  #eraseTypeSpecifiers(node: SyntaxNode): void {
    for (const specifier of childrenOf(node)) {
      const isType = specifier.importKind === "type" || specifier.exportKind === "type";
      if (isType && /Specifier$/.test(specifier.type))
        this.#blank(specifier.start, afterComma(this.#source, specifier.end));
    }
  }

  #eraseFromClass(node: SyntaxNode): void {
    if (node.abstract === true) this.#eraseModifiers(node.start);
    const last = nodesAt(node, "implements").at(-1);
    if (!last) return;
    const before = [node.superTypeParameters, node.superClass, node.typeParameters, node.id].find(isNode);
    const from = before ? afterBrackets(this.#source, before.end) : node.start + "class".length;
    this.#blank(skipSpace(this.#source, from), last.end);
  }

  #eraseFromMember(node: SyntaxNode): void {
    this.#eraseModifiers(node.start);
    // Without its modifiers a member may begin with `[` or `*`, and must not continue the member before it.
    if (this.units[node.start] === " ") this.units[node.start] = ";";
    if (node.optional !== true && node.definite !== true) return;
    const key = nodeAt(node, "key")!;
    const closing = skipSpace(this.#source, afterBrackets(this.#source, key.end));
    const mark = skipSpace(this.#source, node.computed === true ? closing + 1 : key.end);
    this.#blank(mark, mark + 1);
  }

  /** A first parameter `this` only gives a type. */
  #eraseThisParameter(node: SyntaxNode): void {
    const [first] = nodesAt(node, "params");
    if (first?.type === "Identifier" && first.name === "this")
      this.#blank(first.start, afterComma(this.#source, first.end));
  }

  /** No line break may come between `async` or `return` and `(`, nor between `)` and `=>`. */
  #moveBrackets(node: SyntaxNode): void {
    const typeParameters = nodeAt(node, "typeParameters");
    if (typeParameters && this.#hasLineBreak(typeParameters)) {
      const opening = skipSpace(this.#source, typeParameters.end);
      this.#blank(opening, opening + 1);
      this.#movedBrackets.set(typeParameters.start, { at: typeParameters.start, bracket: "(" });
    }
    const returnType = nodeAt(node, "returnType");
    if (returnType && this.#hasLineBreak(returnType)) {
      const closing = this.#source.lastIndexOf(")", returnType.start);
      this.#blank(closing, closing + 1);
      this.#movedBrackets.set(returnType.start, { at: returnType.end - 1, bracket: ")" });
    }
  }

  /** Erases words such as `private` before a class or a member, and leaves `static` and `async`. */
  #eraseModifiers(from: number): void {
    for (const { word, at } of modifiersFrom(this.#source, from)) {
      if (TYPE_MODIFIER.test(word)) this.#blank(at, at + word.length);
      else if (!/^(?:static|async)$/.test(word)) return;
    }
  }

  /** Erases the `?` or `!` after a name. */
  #eraseMark({ start, end, name }: SyntaxNode): void {
    const at = skipSpace(this.#source, start + String(name).length);
    if (at < end && /[?!]/.test(this.#source[at]!)) this.#blank(at, at + 1);
  }

  #blank(start: number, end: number): void {
    for (let at = start; at < end; at++) if (!hasLineBreak(this.units[at]!)) this.units[at] = " ";
    const moved = this.#movedBrackets.get(start);
    if (moved) this.units[moved.at] = moved.bracket;
  }

  /** If an erased type was the end of a statement without semicolon, it gets one. */
  #endWithSemicolon({ end }: SyntaxNode): void {
    if (this.units[end - 1] === " ") this.units[end - 1] = ";";
  }

  #hasLineBreak({ start, end }: SyntaxNode): boolean {
    return hasLineBreak(this.#source.slice(start, end));
  }
}
