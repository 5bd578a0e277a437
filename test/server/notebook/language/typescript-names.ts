/** The names that a file declares and uses according to TypeScript's binder and checker, to compare with ours. */
import ts from "typescript-5";

export type Names = { readonly definitions: readonly string[]; readonly references: readonly string[] };

/** The code with spaces in place of imports and exports; undefined if TypeScript cannot parse it. */
export function withoutModules(code: string): string | undefined {
  const file = parsed(code);
  if (faulty(file)) return undefined;
  const units = code.split("");
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (units[at] !== "\n" && units[at] !== "\r") units[at] = " ";
  };
  for (const statement of file.statements) {
    if (
      ts.isImportDeclaration(statement) ||
      ts.isImportEqualsDeclaration(statement) ||
      ts.isExportDeclaration(statement)
    )
      blank(statement.getStart(file), statement.end);
    else if (ts.isExportAssignment(statement)) blank(statement.getStart(file), statement.expression.getStart(file));
    else if (ts.canHaveModifiers(statement)) {
      const words = ts.getModifiers(statement) ?? [];
      // A default export may have no name, but the same statement without `export default` needs one.
      if (words.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) && !("name" in statement && statement.name))
        blank(statement.getStart(file), statement.end);
      for (const word of words) {
        if (word.kind === ts.SyntaxKind.ExportKeyword || word.kind === ts.SyntaxKind.DefaultKeyword)
          blank(word.getStart(file), word.end);
      }
    }
  }
  const rest = units.join("");
  return faulty(parsed(rest)) ? undefined : rest;
}

/** Checks all codes in one program, each as a module. */
export function namesByTypeScript(codes: readonly string[]): Names[] {
  // Modules are strict and allow top-level `await`, as cells do.
  const files = new Map(codes.map((code, index) => [`/${index}.ts`, parsed(`${code}\nexport {};`, `/${index}.ts`)]));
  const host: ts.CompilerHost = {
    getSourceFile: (name) => files.get(name),
    getDefaultLibFileName: () => "",
    writeFile: () => undefined,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (name) => files.has(name),
    readFile: () => undefined,
  };
  const options = { noLib: true, noResolve: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const checker = ts.createProgram([...files.keys()], options, host).getTypeChecker() as ts.TypeChecker & Resolver;
  return [...files.values()].map((file) => namesOf(file, checker));
}

function namesOf(file: ts.SourceFile, checker: Resolver): Names {
  const { locals } = file as ts.SourceFile & { readonly locals?: ReadonlyMap<string, ts.Symbol> };
  const definitions = [...(locals?.values() ?? [])].filter(existsAtRunTime).map(({ name }) => name);
  const references = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isUse(node) && !checker.resolveName(node.text, node, ts.SymbolFlags.Value, false))
      references.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { definitions: definitions.sort(), references: [...references].sort() };
}

/** A method of the checker that its types do not list. */
type Resolver = {
  resolveName(name: string, at: ts.Node, meaning: ts.SymbolFlags, excludeGlobals: boolean): ts.Symbol | undefined;
};
const { isExpressionNode } = ts as typeof ts & { isExpressionNode(node: ts.Node): boolean };

function parsed(code: string, name = "/file.ts"): ts.SourceFile {
  return ts.createSourceFile(name, code, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
}

function faulty(file: ts.SourceFile): boolean {
  return (file as ts.SourceFile & { readonly parseDiagnostics: readonly unknown[] }).parseDiagnostics.length > 0;
}

/** A value that exists when the code runs, and not only in a `declare`. */
function existsAtRunTime({ flags, declarations = [] }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Value) !== 0 && declarations.some((each) => !isAmbient(each));
}

function isAmbient(node: ts.Node): boolean {
  return (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Ambient) !== 0;
}

function isUse(id: ts.Identifier): boolean {
  const { parent } = id;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === id;
  if (ts.isPropertyAccessExpression(parent) && parent.name === id) return false;
  if (ts.isMetaProperty(parent)) return false;
  if (ts.findAncestor(id, isTypeOnly)) return false;
  return isExpressionNode(id);
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  return ts.isInterfaceDeclaration(node) || (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node));
}
