/**
 * Compiles a project file that cells import to the text of a function. An ES module is never garbage-collected, a function
 * is, so a file may change any number of times. Code stays on its line. Exports are bound when the file is loaded.
 */
import type { ExportSpecifier, Identifier, Literal, Program } from "acorn";
import { full, simple } from "acorn-walk";
import type { CellError, ImportDeclaration, Position } from "../types.ts";
import { shiftsOf, withInsertions } from "./compile.ts";
import { declaredBy } from "./declared-names.ts";
import { dynamicImportsOf, importsOf } from "./imports.ts";
import { type Insertion, interruptChecks } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, syntaxError } from "./syntax.ts";

export type ProjectModule = {
  /**
   * An async function expression; its second line is the first line of the file. Parameters: `MODULE_PARAMETERS`, then the
   * local names of `imports`. Before its code runs, it passes an object with its exports to `$$share`.
   */
  readonly code: string;
  readonly imports: readonly ImportDeclaration[];
  /** Its exports from other modules: exported name → name there. Without `names` it exports all but the default. */
  readonly reExports: readonly { readonly module: string; readonly names?: ImportDeclaration["names"] }[];
  /** All modules that it imports or exports from, with those of `import("…")`. */
  readonly modules: readonly string[];
  readonly shifts: ReturnType<typeof shiftsOf>;
};

export const MODULE_PARAMETERS = ["$$share", "$$default", "$$meta", "$$load", "$$look", "$$check"] as const;
const [SHARE, DEFAULT, META, LOAD, LOOK, CHECK] = MODULE_PARAMETERS;

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
  const reExports: ProjectModule["reExports"][number][] = [];
  const blank = (start: number, end: number): void => {
    for (let at = start; at < end; at++) if (units[at] !== "\n") units[at] = " ";
    units[start] = ";";
  };
  const write = (start: number, text: string): void => void units.splice(start, text.length, ...text);

  for (const statement of program.body) {
    const { start, end } = statement;
    switch (statement.type) {
      case "ImportDeclaration":
        blank(start, end);
        break;
      case "ExportNamedDeclaration": {
        const { declaration, source, specifiers } = statement;
        blank(start, declaration ? declaration.start : end);
        if (declaration) exported.push(...declaredBy(declaration).map((name) => [name, name] as const));
        else if (source) reExports.push({ module: String(source.value), names: namesOf(specifiers) });
        else exported.push(...specifiers.map((each) => [nameOf(each.exported), nameOf(each.local)] as const));
        break;
      }
      case "ExportAllDeclaration": {
        blank(start, end);
        const module = String(statement.source.value);
        reExports.push(statement.exported ? { module, names: { [nameOf(statement.exported)]: "*" } } : { module });
        break;
      }
      case "ExportDefaultDeclaration": {
        const { declaration } = statement;
        blank(start, declaration.start);
        if ("id" in declaration && declaration.id && /Declaration$/.test(declaration.type)) {
          exported.push(["default", declaration.id.name]);
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
  const usedNames = namesUsedIn(program, exported);
  const imports = importsOf(program).flatMap((each) => usedPartOf(each, usedNames));
  const insertions = [...interruptChecks(program, `${LOOK}[0]`, `${CHECK}()`), ...ends].sort(
    (a, b) => a.offset - b.offset,
  );
  const names = imports.flatMap((each) => Object.keys(each.names));
  const getters = exported.map(([name, value]) => `get ${JSON.stringify(name)}(){return ${value}}`);
  const head = `"use strict";(async function(${[...MODULE_PARAMETERS, ...names].join(",")}){${SHARE}({${getters.join(",")}});`;
  return {
    code: `${head}\n${withInsertions(units.join(""), insertions)}\n})`,
    imports,
    reExports,
    modules: [...new Set([...imports, ...reExports].map(({ module }) => module).concat(dynamicImportsOf(program)))],
    shifts: shiftsOf(code, insertions),
  };
}

function namesUsedIn(program: Program, exported: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const used = new Set(exported.map(([, value]) => value));
  full(program, (node) => {
    if (node.type === "Identifier") used.add((node as Identifier).name);
  });
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
