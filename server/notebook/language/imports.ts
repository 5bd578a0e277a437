/** The imports of a cell, as data. The kernel loads the modules and passes the names to the cell. */
import type { ImportDefaultSpecifier, ImportNamespaceSpecifier, ImportSpecifier, Program } from "acorn";
import { simple } from "acorn-walk";
import type { ImportDeclaration, Position } from "../types.ts";

/** @param program a TypeScript tree @returns its imports without type-only ones */
export function importsOf(program: Program): ImportDeclaration[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== "ImportDeclaration" || isTypeOnlyImport(statement)) return [];
    const names = statement.specifiers
      .filter((specifier) => !isTypeOnlyImport(specifier))
      .map((specifier) => [specifier.local.name, exportedName(specifier)] as const);
    return [{ module: String(statement.source.value), names: Object.fromEntries(names) }];
  });
}

/** Whether a module is a file of the project. Otherwise it is a package. */
export function isFile(module: string): boolean {
  return /^\.{0,2}\//.test(module);
}

/** @param program a JavaScript tree @returns the modules of `import("…")` whose name is a string literal */
export function dynamicImportsOf(program: Program): string[] {
  const modules: string[] = [];
  simple(program, {
    ImportExpression({ source }) {
      if (source.type === "Literal" && typeof source.value === "string") modules.push(source.value);
    },
  });
  return modules;
}

/** The position of the module name in the code that imports it. */
export function placeOfImport(source: string, module: string): Position | undefined {
  for (const found of source.matchAll(/\b(?:from|import)\s*\(?\s*("[^"\n]*"|'[^'\n]*')/g)) {
    const { 0: words, 1: quoted = "", index } = found;
    if (quoted.slice(1, -1) !== module) continue;
    const before = source.slice(0, index + words.length - quoted.length).split("\n");
    return { line: before.length, column: before.at(-1)!.length };
  }
  return undefined;
}

function isTypeOnlyImport(node: object): boolean {
  return "importKind" in node && node.importKind === "type";
}

function exportedName(specifier: ImportSpecifier | ImportDefaultSpecifier | ImportNamespaceSpecifier): string {
  switch (specifier.type) {
    case "ImportNamespaceSpecifier":
      return "*";
    case "ImportDefaultSpecifier":
      return "default";
    case "ImportSpecifier":
      return specifier.imported.type === "Identifier" ? specifier.imported.name : String(specifier.imported.value);
  }
}
