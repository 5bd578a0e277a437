import { readdirSync, readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { strip } from "../../../../server/notebook/language/strip.ts";
import { parseTypeScript } from "../../../../server/notebook/language/syntax.ts";

const CODE = [
  "const f = <T,>(x?: T, ...r: number[]): x is T => x!;",
  "abstract class A<T> extends B<T> implements C, D<E> { private readonly x!: number = 1; y?: string; abstract foo(): void; declare z: number; static override bar<T>(this: A, a = 1): T { return a as T satisfies U } get q(): number { return 1 } [k: string]: any; m?(): void; n<Q>(): void; n() {} }",
  "class K extends L { declare: number = 1; readonly = 2; static static = 3; get = 4; set?: 5; 'q'?: number; [c]?: number; #p?: number; override async *m<T>(): any {} }",
  "import { type A, b, type C } from 'x'; import type D from 'y'; import F, { type G } from 'w'; b; F",
  "const a = 1\ntype X = string\n(foo)()",
  "const a = b as any\n(foo)()",
  "let x: number\n(foo)()",
  "class Q { a = 1\n private [b] = 2\n c = 3\n public *gen() {}\n d = y as any\n ['z'] = 1 }",
  "const f = (x: number): {\n a: number\n} => ({ a: x })",
  "const f = async <T,\nU>(x: T): Promise<\nT> => x",
  "function g() { return <T,\n>(x: T) => x }",
  "for (let i = 0 as number; i < (3 as number); i++) foo(i!)",
  "for (const x of y as T[]) z(x)",
  "((a) as T).b; ((a as T)!).c; (a /* ) */ as T)",
  "function f(this: A, b?: number, { c }: D = {}): void {} function g(this: A) {}",
  "const g = f<string>; new Map<string, number>(); a<b>`x`; f?.<T>(1); new Foo<T>; x = y < z > (w)",
  "let { a = 1, b: [c] }: { a: number } = q, v!: T; try {} catch (e: unknown) {}",
  "declare const q: number; declare function f(): void; declare class K {} declare global { var z: string }\nfoo()",
  "function over(a: string): void; function over(a: number): void; function over(a: any) { return a }",
  "const u = cond ? (x): number => 1 : (y) => 2; const z = a ? b! : c!; const zz = a?.[0]!.b!?.c",
  "const o = { m<T>(x?, y: T): void {}, get z(): number { return 1 }, async *['k']<T>(): any {} }",
  "a = b as unknown as {\n  c: number;\n}\n[1].forEach(x)",
  "const t = `$" + "{a as string} $" + "{`$" + "{b!}`}`; type Y = `a$" + "{string}`;",
  "let type = 1; type\n= 2; let as = 1; as as any; declare\nfoo",
];

/** The output of esbuild, which erases types in another way, without empty statements and layout. */
function minified(code: string, loader: "ts" | "js"): string {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } };
  return transformSync(code, { loader, tsconfigRaw, target: "esnext", minifyWhitespace: true, legalComments: "none" })
    .code.replace(/import\{\}from"\w"/g, "")
    .replace(/(?<=^|[;{}]);+/g, "")
    .trim();
}

function stripped(source: string): string {
  const { code, errors } = strip(source, parseTypeScript(source));
  expect(errors).toEqual([]);
  return code;
}

/** Types may become spaces; semicolons may be added and brackets moved only where a type was. */
function expectInPlace(source: string, code: string): void {
  expect(code.length).toBe(source.length);
  for (let at = 0; at < source.length; at++) {
    if (code[at] !== source[at]) expect(" ;()").toContain(code[at]);
    expect(code[at] === "\n").toBe(source[at] === "\n");
  }
}

describe("erasing the types", () => {
  test.each(CODE)("%s", (source) => {
    const code = stripped(source);
    expectInPlace(source, code);
    expect(minified(code, "js")).toBe(minified(source, "ts"));
  });

  const folder = new URL("../../../../server/notebook/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  test.each(files)("of server/notebook/%s", (file) => {
    const source = readFileSync(new URL(file, folder), "utf8").replace(/^export /gm, "       ");
    const code = stripped(source);
    expectInPlace(source, code);
    expect(minified(code, "js")).toBe(minified(source, "ts"));
  });
});
