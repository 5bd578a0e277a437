/**
 * Makes imported names live: a module may change what it exports, and modules that import each other use names before they have
 * values. So each use of such a name is compiled to a property of one object, `$$in`, whose getters ask the other module.
 */
import type { Program } from "acorn";
import type { Position } from "../types.ts";
import { namesOf } from "./binder.ts";
import type { Insertion } from "./interruptible.ts";
import { childrenOf, nodeAt, nodesAt, positionAt, type SyntaxNode, startOf } from "./syntax.ts";

export const IMPORTED = "$$in";

/** What may stand between a function and the bracket of its call: space, comments, `?.`. */
const BEFORE_BRACKET = /^(?:\s|\/\*(?:.|\n)*?\*\/|\/\/[^\n]*|\?\.)*/;

/** A call for which V8 reports its bracket in the compiled code, and the position in the source that a reader expects. */
export type ImportedCall = { readonly bracket: Position; readonly position: Position };

/**
 * @param code the JavaScript of the program
 * @param names what is imported, by the local names
 * @param wrapped where the statement starts that will be the argument of a call
 * @returns what to insert, from left to right, and the calls of imported functions by their brackets in `code`
 */
export function importedUses(
  code: string,
  program: Program,
  names: ReadonlySet<string>,
  wrapped?: number,
): { readonly insertions: readonly Insertion[]; readonly calls: readonly ImportedCall[] } {
  if (names.size === 0) return { insertions: [], calls: [] };
  const own = {
    ...program,
    body: program.body.filter(({ type }) => type !== "ImportDeclaration" && type !== "ExportAllDeclaration"),
  };
  const body = own.body.filter((each) => each.type !== "ExportNamedDeclaration" || each.declaration);
  const places = placesIn(program as unknown as SyntaxNode);
  const calls: ImportedCall[] = [];
  const insertions = namesOf({ ...own, body }).free.flatMap(({ id, kind }): Insertion[] => {
    if (!names.has(id.name) || kind === "type" || kind === "type-query") return [];
    const { start, end } = id;
    if (places.shorthands.has(start)) return [{ offset: start, text: `${id.name}:${IMPORTED}.` }];
    if (!places.callees.has(start)) return [{ offset: start, text: `${IMPORTED}.` }];
    const between = BEFORE_BRACKET.exec(code.slice(end))?.[0] ?? "";
    calls.push({ bracket: positionAt(code, end + between.length), position: startOf(id) });
    // Called like this, the function gets no `this`. At the start of a statement, a bracket could continue the one before.
    const opening = places.statements.has(start) && start !== wrapped ? `;(0,${IMPORTED}.` : `(0,${IMPORTED}.`;
    return [
      { offset: start, text: opening },
      { offset: end, text: ")" },
    ];
  });
  return { insertions: insertions.sort((a, b) => a.offset - b.offset), calls };
}

/** Where names stand that need more than a dot, by their offsets. */
type Places = {
  /** `{ name }`, which declares a property as well. */
  readonly shorthands: Set<number>;
  /** Functions that are called, or given a template. */
  readonly callees: Set<number>;
  /** Expressions that start a statement in a list of statements. */
  readonly statements: Set<number>;
};

function placesIn(program: SyntaxNode): Places {
  const places: Places = { shorthands: new Set(), callees: new Set(), statements: new Set() };
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Property" && node.shorthand === true) places.shorthands.add(node.start);
    const called =
      node.type === "CallExpression"
        ? nodeAt(node, "callee")
        : node.type === "TaggedTemplateExpression"
          ? nodeAt(node, "tag")
          : undefined;
    if (called?.type === "Identifier") places.callees.add(called.start);
    const list =
      node.type === "SwitchCase"
        ? "consequent"
        : /^(?:Program|BlockStatement|StaticBlock)$/.test(node.type)
          ? "body"
          : undefined;
    for (const each of list === undefined ? [] : nodesAt(node, list))
      if (each.type === "ExpressionStatement") places.statements.add(each.start);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return places;
}
