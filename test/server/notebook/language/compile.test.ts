import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import { compileCell, unshifted } from "../../../../server/notebook/language/compile.ts";

type Ran = { value: unknown; defined: Readonly<Record<string, unknown>>; loaded: unknown[] };

/** Runs a cell as the kernel does. */
async function ran(source: string, scope: Readonly<Record<string, unknown>> = {}, look = [0]): Promise<Ran> {
  const { code, references } = compileCell(source, analyse(source));
  const script = new Script(code, { filename: "cell:here", lineOffset: -1 });
  const result: Ran = { value: undefined, defined: {}, loaded: [] };
  await script.runInThisContext()(
    (value: unknown) => {
      result.value = value;
    },
    (defined: Ran["defined"]) => {
      result.defined = defined;
    },
    (module: unknown) => {
      result.loaded.push(module);
      return Promise.resolve({ a: 1 });
    },
    look,
    () => {
      throw new Error("interrupted");
    },
    scope,
    ...references.map((name) => scope[name] ?? Reflect.get(globalThis, name)),
  );
  return result;
}

/** The position in a stack trace of an error that a cell throws, translated back to the source. */
async function thrownAt(source: string, scope: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const compiled = compileCell(source, analyse(source));
  const error = await ran(source, scope).then(
    () => expect.unreachable(),
    (thrown: Error) => thrown,
  );
  const [, line, column] = (/cell:here:(\d+):(\d+)/.exec(error.stack ?? "") ?? []).map(Number);
  const place = unshifted({ line: line!, column: column! - 1 }, compiled);
  return `${place.line}:${place.column}`;
}

describe("a compiled cell", () => {
  test("passes on its definitions and the value of its last expression", async () => {
    expect(
      await ran("const a: number = b + 1;\nlet c = await d;\n// the sum\n(a + c) as number // so\n", { b: 1, d: 3 }),
    ).toEqual({ value: 5, defined: { a: 2, c: 3 }, loaded: [] });
    expect((await ran("a, 7 // seven", { a: 0 })).value).toBe(7);
    expect((await ran("const a = 2\n;[a, a]\ntype T = string;;")).value).toEqual([2, 2]);
    expect((await ran("'text'")).value).toBe("text");
    expect((await ran("1;\nif (true) 2;")).value).toBeUndefined();
    expect((await ran("const f = () => 4 // no semicolon\nf()")).value).toBe(4);
    expect((await ran("")).defined).toEqual({});
  });

  test("gets imported names as parameters, and passes `import(…)` on", async () => {
    const source = 'import {\n  x,\n  type Y,\n} from "m";\nconst z: Y = x + 1;';
    expect((await ran(source, { x: 1 })).defined).toEqual({ z: 2 });
    const lazy = await ran('const { a } = await import("m");\na');
    expect([lazy.value, lazy.loaded]).toEqual([1, ["m"]]);
  });

  test("reads what it imports from project files when it uses it, and calls it without `this`", async () => {
    const live = {
      n: 1,
      add: (by: number) => (live.n += by),
      self(this: unknown) {
        return this;
      },
    };
    const source =
      'import { n, add, self } from "./m.ts";\nconst before = n\nadd(2)\nconst all = { before, n, self: self() };\n{ const n = 7; n; }\n[all, typeof n]';
    expect((await ran(source, live)).value).toEqual([{ before: 1, n: 3, self: undefined }, "number"]);
  });

  test("gives a let with its present value", async () => {
    const { defined } = await ran("let n = 0; const fixed = 1; function add() { n += 1; }");
    (defined.add as () => void)();
    expect(defined).toMatchObject({ n: 1, fixed: 1 });
  });

  test("sees the definition of another cell instead of a global of the same name", async () => {
    expect((await ran("performance", { performance: "mine" })).value).toBe("mine");
    expect((await ran("Math.max(1, 2)")).value).toBe(2);
  });

  test("runs in strict mode, without `this`", async () => {
    await expect(ran("Object.freeze([1]).push(2)")).rejects.toThrow(TypeError);
    expect((await ran("this === undefined")).value).toBe(true);
  });
});

describe("the position of an error", () => {
  const fail = (): never => {
    throw new Error("here");
  };
  test.each([
    ["fail()", "1:0"],
    ["  fail();", "1:2"],
    ["const a: Array<string> = [];\nconst b = a as any as string[]; b.push(fail<T>());", "2:39"],
    ["const a = 1; /* two */ fail(a);", "1:23"],
    ["const a = 1;\n// why\n\n  a + fail()", "4:6"],
    ["const a = 1 // no semicolon\nfail()", "2:0"],
    ["const f = (\n  a?: number,\n): {\n  b: string\n} => fail();\nf();", "5:5"],
    ['import { x } from "m"; fail();', "1:23"],
    ['import { fail } from "./m.ts"; const a = 1;\n  fail(a)', "2:2"],
    ['import { fail as f } from "./m.ts"; const o = { f }; o; 1 + f /* ( */ (2) + 1', "1:60"],
    ['import { o } from "./m.ts";\nconst a = 1\no.fail(a);', "3:2"],
    ["class A {\n  private b = 1;\n  m(): number { return fail(); }\n}\nnew A().m();", "3:23"],
  ])("is the one in the source: %s", async (source, place) =>
    expect(await thrownAt(source, { fail, f: fail, o: { fail } })).toBe(place),
  );

  test("of an input's call is the one in the stack trace", async () => {
    const source = 'const a = input.range("a", {}), b =\n  input.live.text("b");';
    const calls: string[] = [];
    const called = (): void => {
      const [, line, column] = /cell:here:(\d+):(\d+)/.exec(new Error().stack ?? "") ?? [];
      calls.push(`${line}:${Number(column) - 1}`);
    };
    await ran(source, { input: { range: called, live: { text: called } } });
    const { inputs } = compileCell(source, analyse(source));
    expect(inputs.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(calls).toEqual(inputs.map(({ site }) => `${site.line}:${site.column}`));
  });
});

describe("a loop", () => {
  /** Each sets the flag at its fourth turn; without the check it would run for ever, or very long. */
  const shapes: Readonly<Record<string, string>> = {
    "for without a body": "for (;; turn());",
    "while, a statement alone": "while (true) turn();",
    "do, no semicolon": "do turn()\nwhile (true)",
    "of a generator": "function* g() { while (true) yield turn(); }\nfor (const x of g()) x;",
    "in over a long object": "for (const key in { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }) turn();",
    "that awaits": "for (;;) { await null; turn(); }",
    "for await": "async function* g() { for (;;) yield turn(); }\nfor await (const x of g()) x;",
    "nested, with labels": "outer: for (;;) inner: for (;;) { turn(); continue outer; }",
    "that catches what it throws": "while (true) { try { turn(); } catch {} }",
    "of array writes":
      "const xs = new Float64Array(8);\nfor (let i = 0; ; i++) { xs[i & 7] = i; if (i % 1e5 === 0) turn(); }",
    "in an if with an else": "if (look) for (;;) turn(); else turn();",
    "as recursion": "function f(n: number): number { turn(); return n < 1 ? 0 : f(n - 1) + f(n - 1); }\nf(100);",
    "as recursion of an arrow": "const f = (n: number): number => turn() + (n < 1 ? 0 : f(n - 1) + f(n - 1));\nf(100);",
    "in a method of a class": "new (class { spin() { for (;;) turn(); } })().spin();",
  };

  test.each(Object.entries(shapes))("%s checks the flag", async (_, source) => {
    const look = [0];
    let turns = 0;
    const turn = (): number => {
      turns += 1;
      if (turns === 4) look[0] = 1;
      if (turns > 50) throw new Error("not interrupted");
      return 0;
    };
    await expect(ran(source, { turn, look }, look)).rejects.toThrow("interrupted");
  });

  test("keeps the positions of the code in it", async () => {
    expect(await thrownAt("for (const x of [1]) null!.x;")).toBe("1:27");
    expect(await thrownAt("for (;;) { for (;;) { (null as any).x; } }")).toBe("1:36");
    expect(await thrownAt("const f = (n: number): number => n > 0 ? f(n - 1) : (null as any).x; f(2)")).toBe("1:66");
    expect(await thrownAt("let i = 0; while (i < 1) i++; (null as any).x")).toBe("1:44");
  });

  test("computes the same with the check", async () => {
    const source = "let s = 0; for (const x of [1, 2]) for (let i = 0; i < x; i++) s += i; do s++; while (s < 9); s";
    expect((await ran(source)).value).toBe(9);
    expect((await ran("const f = n => n < 2 ? n : f(n - 1) + f(n - 2);\nf(10)")).value).toBe(55);
  });
});
