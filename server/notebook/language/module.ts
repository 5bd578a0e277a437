/**
 * A project file that cells import, as the text of a function: modules are never collected, and a function is, so a file
 * may change as often as it likes. Lines stay where they are; an export is bound when the file is loaded.
 */
import type { ExportSpecifier, Identifier, Literal, Pattern, Program } from "acorn";
import { full, simple } from "acorn-walk";
import type { CellError, ImportDeclaration } from "../types.ts";
import { inserted, shiftsOf } from "./compile.ts";
import { importsOf, loadsOf } from "./imports.ts";
import { interruptible } from "./interruptible.ts";
import { strip } from "./strip.ts";
import { parseJavaScript, parseTypeScript, positionAt, syntaxError } from "./syntax.ts";

export type ProjectModule = {
  /**
   * An async function expression whose second line is the file's first. Parameters: `MODULE_PARAMETERS`, then the local
   * names of `imports`. It gives an object of its own exports to `$$share`, before any of its code ran.
   */
  readonly code: string;
  readonly imports: readonly ImportDeclaration[];
  /** What it exports of others: `names` as an import would bind them; undefined for all but the default. */
  readonly passedOn: readonly { readonly module: string; readonly names?: ImportDeclaration["names"] }[];
  /** All modules that it names, those of `import("…")` among them. */
  readonly modules: readonly string[];
  readonly shifts: ReturnType<typeof shiftsOf>;
};

export const MODULE_PARAMETERS = ["$$share", "$$default", "$$meta", "$$load", "$$look", "$$check"] as const;
const [SHARE, DEFAULT, META, LOAD, LOOK, CHECK] = MODULE_PARAMETERS;

/** Never throws: what cannot be read is told. */
export function readModule(source: string): ProjectModule | { readonly fault: CellError } {
  try {
    const { code, errors } = strip(source, parseTypeScript(source), "module");
    return errors[0] ? { fault: errors[0] } : compiled(code, parseJavaScript(code));
  } catch (thrown) {
    return { fault: syntaxError(thrown, source) };
  }
}

function compiled(code: string, program: Program): ProjectModule {
  const units = code.split("");
  const ends: { at: number; text: string }[] = [];
  const exported: (readonly [name: string, value: string])[] = [];
  const passedOn: ProjectModule["passedOn"][number][] = [];
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
        else if (source) passedOn.push({ module: String(source.value), names: namesOf(specifiers) });
        else exported.push(...specifiers.map((each) => [nameOf(each.exported), nameOf(each.local)] as const));
        break;
      }
      case "ExportAllDeclaration": {
        blank(start, end);
        const module = String(statement.source.value);
        passedOn.push(statement.exported ? { module, names: { [nameOf(statement.exported)]: "*" } } : { module });
        break;
      }
      case "ExportDefaultDeclaration": {
        const { declaration } = statement;
        blank(start, declaration.start);
        if ("id" in declaration && declaration.id && /Declaration$/.test(declaration.type)) {
          exported.push(["default", declaration.id.name]);
        } else {
          // `export default` has room for it.
          write(start, `${DEFAULT}.v=`);
          ends.push({ at: end, text: ";" });
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
  const used = usedIn(program, exported);
  const imports = importsOf(program).flatMap((each) => wanted(each, used));
  const insertions = [...interruptible(program, `${LOOK}[0]`, `${CHECK}()`), ...ends].sort((a, b) => a.at - b.at);
  const names = imports.flatMap((each) => Object.keys(each.names));
  const getters = exported.map(([name, value]) => `get ${JSON.stringify(name)}(){return ${value}}`);
  const head = `"use strict";(async function(${[...MODULE_PARAMETERS, ...names].join(",")}){${SHARE}({${getters.join(",")}});`;
  return {
    code: `${head}\n${inserted(units.join(""), insertions)}\n})`,
    imports,
    passedOn,
    modules: [...new Set([...imports, ...passedOn].map(({ module }) => module).concat(loadsOf(program)))],
    shifts: shiftsOf(code, insertions),
  };
}

function usedIn(program: Program, exported: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const used = new Set(exported.map(([, value]) => value));
  full(program, (node) => {
    if (node.type === "Identifier") used.add((node as Identifier).name);
  });
  return used;
}

/** A name that the code never uses may have been a type: it is not asked for, nor is a module of nothing else. */
function wanted({ module, names }: ImportDeclaration, used: ReadonlySet<string>): ImportDeclaration[] {
  const kept = Object.entries(names).filter(([local]) => used.has(local));
  return kept.length === 0 && Object.keys(names).length > 0 ? [] : [{ module, names: Object.fromEntries(kept) }];
}

function namesOf(specifiers: readonly ExportSpecifier[]): ImportDeclaration["names"] {
  return Object.fromEntries(specifiers.map((each) => [nameOf(each.exported), nameOf(each.local)]));
}

function nameOf(node: Identifier | Literal): string {
  return node.type === "Identifier" ? node.name : String(node.value);
}

function declaredBy(
  declaration: NonNullable<Extract<Program["body"][number], { type: "ExportNamedDeclaration" }>["declaration"]>,
): string[] {
  if (declaration.type !== "VariableDeclaration") return [declaration.id.name];
  return declaration.declarations.flatMap(({ id }) => boundBy(id));
}

function boundBy(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => boundBy(each.type === "RestElement" ? each.argument : each.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each ? boundBy(each) : []));
    case "RestElement":
      return boundBy(pattern.argument);
    case "AssignmentPattern":
      return boundBy(pattern.left);
    case "MemberExpression":
      return [];
  }
}

/** The line and column of a fault, from 1. */
export function placed(fault: CellError): { readonly line: number; readonly column: number } {
  const { line, column } = fault.position ?? positionAt("", 0);
  return { line, column: column + 1 };
}
