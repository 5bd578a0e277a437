import { describe, expect, test } from "vitest";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import { CORPUS } from "./corpus.ts";

describe("names", () => {
  test.each(CORPUS)("$theme: $code", ({ theme, code, defines, uses }) => {
    const { definitions, references, errors } = analyse(code);
    expect([definitions.join(" "), references.join(" ")]).toEqual([defines, uses]);
    const kinds = new Set(errors.map(({ kind }) => kind));
    expect([...kinds]).toEqual(theme.startsWith("forms that cannot run") ? ["unsupported"] : []);
  });

  test("of types are separate from names of values", () => {
    const { typeDefinitions, typeReferences } = analyse(
      'import type { A } from "m"; type B<T> = A<T> | C.D; class E implements F {} const x: typeof y = <U,>(u: U): U => u;',
    );
    expect(typeDefinitions).toEqual(["A", "B", "E"]);
    expect(typeReferences).toEqual(["C", "F", "y"]);
  });

  test("have the position of their first use or declaration", () => {
    const { positions } = analyse("const a = 1;\n  b(a, c); b();");
    expect(Object.fromEntries(positions)).toEqual({
      a: { line: 1, column: 6 },
      b: { line: 2, column: 2 },
      c: { line: 2, column: 7 },
    });
  });
});

test("assignments to names of other cells are found in all their forms", () => {
  const code =
    "let own; own = 1; a = 2; b++; [c, d.e] = x;\n({ f = 1, ...g } = y); for (h of z) ; (i as any) += 1; { let j; j = 1; }";
  expect(analyse(code).assignments.map(({ name }) => name)).toEqual(["a", "b", "c", "f", "g", "h", "i"]);
  expect(analyse(code).assignments[3]?.position).toEqual({ line: 2, column: 3 });
});

test("imports list their names, without types", () => {
  const code =
    'import a, * as b from "m"; import { c as d, type E, "x-y" as f } from "./n.ts"; import type G from "o"; import "p";';
  expect(analyse(code).imports).toEqual([
    { module: "m", names: { a: "default", b: "*" } },
    { module: "./n.ts", names: { d: "c", f: "x-y" } },
    { module: "p", names: {} },
  ]);
});

test("inputs are constants whose whole initialiser is the call", () => {
  const code = `const rank = input.range("r", {}), live =
  input.live.toggle("l");
const kind = input.choice("k", {}) as Kind;
const twice = 2 * input.number("t", {});
let loose = input.text("x");
const other = knobs.range("y");
{ const inner = input.text("z"); }`;
  expect(analyse(code).inputs).toEqual([
    { name: "rank", kind: "range", live: false, call: { line: 1, column: 13 }, method: { line: 1, column: 19 } },
    { name: "live", kind: "toggle", live: true, call: { line: 2, column: 2 }, method: { line: 2, column: 13 } },
    { name: "kind", kind: "choice", live: false, call: { line: 3, column: 13 }, method: { line: 3, column: 19 } },
  ]);
});

describe("errors", () => {
  test.each([
    ["const a = 1;\nconst b = ;", "syntax", 2, 10, "Unexpected `;`."],
    ["f(1,\n", "syntax", 2, 0, "The code is incomplete: the cell ends too early."],
    ["let a; let a;", "syntax", 1, 11, "'a' has already been declared"],
    ["function f() { await x; }", "syntax", 1, 15, "await"],
    ["return 1;", "syntax", 1, 0, "'return' outside of function"],
    ["x = 'abc", "syntax", 1, 4, "Unterminated string"],
    ["1;\nenum Color { Red }", "unsupported", 2, 0, "const Color = { … } as const"],
    ["namespace N { export const a = 1 }", "unsupported", 1, 0, "const with an object"],
    ["class A { constructor(private x: number) {} }", "unsupported", 1, 22, "Declare the property in the class"],
    ["a(<B>c);", "unsupported", 1, 2, "`value as Type`"],
    ["export default 1;", "unsupported", 1, 0, "does not need to export"],
    ["export { a }; const a = 1;", "unsupported", 1, 0, "does not need to export"],
    ['import a = require("a");', "unsupported", 1, 0, "import … from"],
    ["using a = b();", "unsupported", 1, 0, "onDispose"],
    ["@d class A {}", "unsupported", 1, 0, "cannot contain decorators"],
    ["import.meta.url;", "unsupported", 1, 0, "import.meta"],
  ])("%s", (code, kind, line, column, message) => {
    const { errors } = analyse(code);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ kind, position: { line, column } });
    expect(errors[0]?.message).toContain(message);
  });
});

describe("the canonical form", () => {
  const same = (a: string, b: string): boolean => analyse(a).canonical === analyse(b).canonical;

  test.each([
    ["const a = f(1, 2)", "// why\nconst a: number = f( 1,\n  2, ); /* so */"],
    ["x = 'a'", 'x = "a";'],
    ["a\nb", "a; b;"],
    ["const a = [1]; type T = A;", "const a = [1,] satisfies B;"],
  ])("%s and %s have the same digest", (a, b) => expect(same(a, b)).toBe(true));

  test.each([
    ["() => { return\nx }", "() => { return x }"],
    ["a\n++b", "a ++\nb"],
    ["[,]", "[]"],
    ["[1,,]", "[1,]"],
    ["`a b`", "`a  b`"],
    ["/a b/", "/a  b/"],
    ["'a'", "'b'"],
    ["const a = 1", "const a = 2"],
    ["const a = 1", "let a = 1"],
    ["x = 'a'", "x = `a`"],
  ])("%s and %s have different digests", (a, b) => expect(same(a, b)).toBe(false));
});
