/**
 * Compiles a project file that cells import to the text of a function. An ES module is never garbage-collected, a function
 * is, so a file may change any number of times. It still behaves as a module: exports and imports are live, functions exist before
 * the code runs, and the code waits for the modules that it imports. Code stays on its line.
 */
import type { ExportSpecifier, Identifier, Literal, Program } from "acorn";
import { full, simple } from "acorn-walk";
import type { CellError, ImportDeclaration, Position } from "../types.ts";
import { withInsertions } from "./compile.ts";
import { contextInsertions } from "./contexts.ts";
import { declaredBy } from "./declared-names.ts";
import { IMPORTED, importedUses } from "./imported-uses.ts";
import { dynamicImportsOf, importsOf } from "./imports.ts";
import { type Insertion, interruptChecks } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, syntaxError } from "./syntax.ts";

export type ProjectModule = {
  /**
   * An async function expression; its second line is the first line of the file. Parameters: `MODULE_PARAMETERS`. At once it
   * passes an object with its exports, as getters, to `$$share`. Its code runs when the promise `$$linked` resolves.
   */
  readonly code: string;
  readonly imports: readonly ImportDeclaration[];
  /** The names of its own exports. */
  readonly exports: readonly string[];
  /** Its exports from other modules: exported name → name there. Without `names` it exports all but the default. */
  readonly reExports: readonly { readonly module: string; readonly names?: ImportDeclaration["names"] }[];
  /** The modules to evaluate before it, in this order. */
  readonly requests: readonly string[];
  /** These, and the modules of `import("…")`. */
  readonly modules: readonly string[];
};

export const MODULE_PARAMETERS = [
  "$$share",
  "$$default",
  "$$meta",
  "$$load",
  "$$look",
  "$$check",
  IMPORTED,
  "$$linked",
] as const;
const [SHARE, DEFAULT, META, LOAD, LOOK, CHECK, , LINKED] = MODULE_PARAMETERS;
/** The name of a function or class that is exported as the default without a name. */
const ANONYMOUS = "$$anonymous";

/** Never throws: a file that cannot be compiled gives its error. */
export function compileModule(source: string): ProjectModule | { readonly error: CellError } {
  try {
    const { code, errors } = strip(source, parseTypeScript(source), "module");
    return errors[0] ? { error: errors[0] } : compiled(code, parseJavaScript(code));
  } catch (thrown) {
    return { error: syntaxError(thrown, source) };
  }
}

function compiled(code: string, program: Program): ProjectModule {
  const units = code.split("");
  const ends: Insertion[] = [];
  const exported: (readonly [name: string, value: string])[] = [];
  const imports: ImportDeclaration[] = [];
  const reExports: ProjectModule["reExports"][number][] = [];
  const blank = (start: number, end: number): void => {
    for (let at = start; at < end; at++) if (units[at] !== "\n") units[at] = " ";
    units[start] = ";";
  };
  const requests: string[] = [];
  const usedNames = namesUsedIn(program);
  const write = (start: number, text: string): void => void units.splice(start, text.length, ...text);

  for (const statement of program.body) {
    const { start, end } = statement;
    switch (statement.type) {
      case "ImportDeclaration": {
        blank(start, end);
        const used = importsOf({ ...program, body: [statement] }).flatMap((each) => usedPartOf(each, usedNames));
        imports.push(...used);
        requests.push(...used.map(({ module }) => module));
        break;
      }
      case "ExportNamedDeclaration": {
        const { declaration, source, specifiers } = statement;
        blank(start, declaration ? declaration.start : end);
        if (declaration) exported.push(...declaredBy(declaration).map((name) => [name, name] as const));
        else if (source) {
          reExports.push({ module: String(source.value), names: namesOf(specifiers) });
          requests.push(String(source.value));
        } else exported.push(...specifiers.map((each) => [nameOf(each.exported), nameOf(each.local)] as const));
        break;
      }
      case "ExportAllDeclaration": {
        blank(start, end);
        const module = String(statement.source.value);
        requests.push(module);
        reExports.push(statement.exported ? { module, names: { [nameOf(statement.exported)]: "*" } } : { module });
        break;
      }
      case "ExportDefaultDeclaration": {
        const { declaration } = statement;
        blank(start, declaration.start);
        if (/Declaration$/.test(declaration.type)) {
          const name = "id" in declaration && declaration.id?.name;
          // A function exists before its module runs, so it stays a declaration and gets a name.
          if (!name) ends.push({ offset: nameOffset(code, declaration), text: ` ${ANONYMOUS}` });
          exported.push(["default", name || ANONYMOUS]);
        } else {
          // It fits into the space of `export default`.
          write(start, `${DEFAULT}.v=`);
          ends.push({ offset: end, text: ";" });
          exported.push(["default", `${DEFAULT}.v`]);
        }
      }
    }
  }
  simple(program, {
    ImportExpression: ({ start }) => write(start, LOAD),
    MetaProperty({ start, end, meta }) {
      if (meta.name === "import") write(start, META.padEnd(end - start));
    },
  });
  const imported = new Set(imports.flatMap((each) => Object.keys(each.names)));
  const contexts = contextInsertions(program, []);
  const insertions = [
    ...contexts.closings,
    ...interruptChecks(program, `${LOOK}[0]`, `${CHECK}()`),
    ...ends,
    ...importedUses(code, program, imported).insertions,
    ...contexts.openings,
  ].sort((a, b) => a.offset - b.offset);
  const getters = exported.map(([name, value]) => {
    return `get ${JSON.stringify(name)}(){return ${imported.has(value) ? `${IMPORTED}.` : ""}${value}}`;
  });
  const head = `"use strict";(async function(${MODULE_PARAMETERS.join(",")}){${SHARE}({${getters.join(",")}});await ${LINKED};`;
  return {
    code: `${head}\n${withInsertions(units.join(""), insertions)}\n})`,
    imports,
    exports: exported.map(([name]) => name),
    reExports,
    requests: [...new Set(requests)],
    modules: [...new Set([...requests, ...dynamicImportsOf(program)])],
  };
}

/** Where the name of a function or class without a name belongs. */
function nameOffset(code: string, { start, end }: { readonly start: number; readonly end: number }): number {
  const head = /^(?:async\s+)?function\s*\*?|^class/.exec(code.slice(start, end))?.[0] ?? "";
  return start + head.length;
}

function namesUsedIn(program: Program): ReadonlySet<string> {
  const used = new Set<string>();
  full(program, (node) => {
    if (node.type === "Identifier") used.add((node as Identifier).name);
  });
  for (const each of program.body) {
    if (each.type !== "ExportNamedDeclaration" || each.source) continue;
    for (const { local } of each.specifiers) used.add(nameOf(local));
  }
  return used;
}

/** A name that the code never uses may be a type, so it is not imported, nor is a module of which no name is used. */
function usedPartOf({ module, names }: ImportDeclaration, usedNames: ReadonlySet<string>): ImportDeclaration[] {
  const used = Object.entries(names).filter(([local]) => usedNames.has(local));
  return used.length === 0 && Object.keys(names).length > 0 ? [] : [{ module, names: Object.fromEntries(used) }];
}

function namesOf(specifiers: readonly ExportSpecifier[]): ImportDeclaration["names"] {
  return Object.fromEntries(specifiers.map((each) => [nameOf(each.exported), nameOf(each.local)]));
}

function nameOf(node: Identifier | Literal): string {
  return node.type === "Identifier" ? node.name : String(node.value);
}

/** The position of an error as editors show it: line and column from 1. */
export function oneBased({ position = { line: 1, column: 0 } }: CellError): Position {
  return { line: position.line, column: position.column + 1 };
}
