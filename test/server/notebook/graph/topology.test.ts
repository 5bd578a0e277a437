import { execFileSync } from "node:child_process";
import { builtinModules } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { snapshots } from "../../../../server/notebook/graph/snapshot.ts";
import { ancestors, descendants, topology } from "../../../../server/notebook/graph/topology.ts";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import { GLOBALS } from "../../../../server/notebook/language/globals.ts";
import type { Analysis, CellId, Topology } from "../../../../server/notebook/types.ts";

type Code = Readonly<Record<CellId, string>>;
type Analysed = { id: CellId; analysis: Analysis };

function analysed(code: Code): Analysed[] {
  return Object.entries(code).map(([id, source]) => ({ id, analysis: analyse(source) }));
}

function shape(code: Code): Topology {
  return topology(analysed(code));
}

/** `cell: kind → other cells`, and the messages. */
function errors(code: Code): Record<CellId, string> {
  const found = [...shape(code).errors].map(([id, all]): [string, string] => [
    id,
    all.map(({ kind, cells }) => `${kind}${cells ? ` → ${cells.join(" ")}` : ""}`).join(", "),
  ]);
  return Object.fromEntries(found);
}

function message(code: Code, id: CellId): string {
  return (shape(code).errors.get(id) ?? []).map((error) => error.message).join("\n");
}

const CHAIN: Code = { view: "show(b, a)", b: "const b = a + 1", a: "const a = 1", show: "const show = console.log" };

describe("the topology", () => {
  test("orders definers before users, and otherwise keeps the order of the notebook", () => {
    expect(shape(CHAIN).order).toEqual(["a", "b", "show", "view"]);
    expect(shape({ x: "1", y: "2", z: "3" }).order).toEqual(["x", "y", "z"]);
    expect([...shape(CHAIN).definers]).toEqual([
      ["b", "b"],
      ["a", "a"],
      ["show", "show"],
    ]);
  });

  test("gives the descendants and the ancestors of a cell", () => {
    const chain = shape(CHAIN);
    expect([...descendants(chain, ["a"])].sort()).toEqual(["b", "view"]);
    expect([...ancestors(chain, ["view"])].sort()).toEqual(["a", "b", "show"]);
    expect([...descendants(chain, ["view"])]).toEqual([]);
  });

  test("has edges for types that do not order execution", () => {
    expect(shape({ a: "type A = typeof b; const c = 1", b: "const b = c" }).edges).toEqual([["a", "b"]]);
    const { edges, typeEdges } = shape({
      a: "type A = typeof b; class K {}",
      b: "const b = 1",
      c: "let x: A, y: K, z: Array<A>; b",
      d: "function f<A>(x: A): typeof x { return new K(); }",
    });
    expect(edges).toEqual([
      ["b", "c"],
      ["a", "d"],
    ]);
    expect(typeEdges).toEqual([
      ["b", "a"],
      ["a", "c"],
    ]);
  });

  test("allows a cell to define the name of a global", () => {
    const { edges, errors: found } = shape({ use: "fetch(1)", own: "const fetch = (n: number) => n" });
    expect([edges, found.size]).toEqual([[["own", "use"]], 0]);
  });
});

test("the list of globals contains all globals of Node", () => {
  const names: string[] = JSON.parse(
    execFileSync(
      process.execPath,
      ["--input-type=module", "-e", "console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)))"],
      { encoding: "utf8" },
    ),
  );
  const builtin = new Set(builtinModules);
  expect(names.filter((name) => !GLOBALS.has(name) && !builtin.has(name))).toEqual([]);
});

describe("errors between cells", () => {
  test("of multiple definitions are on each defining cell, and disappear when one is renamed", () => {
    const code = { a: "const x = 1", b: "let x = 2, y = 3", c: "x", d: "y" };
    expect(errors(code)).toEqual({ a: "multiple-definition → b", b: "multiple-definition → a" });
    expect(shape(code).edges).toEqual([
      ["a", "c"],
      ["b", "c"],
      ["b", "d"],
    ]);
    expect(errors({ ...code, a: "{ const x = 1 }" })).toEqual({});
    expect(message({ a: 'import { x } from "m"', b: 'import { x } from "m"' }, "a")).toContain(
      "Import it in one cell only",
    );
  });

  test("of a cycle are on each of its cells and on no other", () => {
    const code = { before: "const p = 1", a: "const a = c + p", b: "const b = a", c: "const c = b", after: "a" };
    expect(errors(code)).toEqual({ a: "cycle → b c", b: "cycle → a c", c: "cycle → a b" });
    expect(shape(code).order).toEqual(["before", "after"]);
    expect(message(code, "a")).toContain("it uses c");
  });

  test("of unknown names suggest a similar name", () => {
    const code = { a: "const learningRate = 1", b: "learningrate + consol.x + zzz" };
    expect(errors(code)).toEqual({ b: "unknown-name, unknown-name, unknown-name" });
    expect(message(code, "b")).toMatch(
      /Did you mean console\?[\s\S]*Did you mean learningRate\?[\s\S]*zzz is not defined in any cell/,
    );
    expect(shape(code).errors.get("b")?.[1]?.position).toEqual({ line: 1, column: 0 });
    expect(message({ a: "require('x')" }, "a")).toContain("import");
    expect(errors({ a: "typeof window === 'undefined' || window.x", b: "typeof module" })).toEqual({});
    expect(errors({ a: "window.x", b: "exports.x = 1" })).toEqual({ a: "unknown-name", b: "unsupported" });
    expect(message({ a: "const x = (", b: "x" }, "b")).toContain("in a, which has a syntax error");
  });

  test("of a foreign assignment are on both cells", () => {
    const code = { a: "let n = 0", b: "n++" };
    expect(errors(code)).toEqual({ b: "foreign-assignment → a", a: "foreign-assignment → b" });
    expect(shape(code).errors.get("a")?.[0]?.position).toEqual({ line: 1, column: 4 });
    expect(errors({ b: "n = 1" })).toEqual({ b: "unknown-name" });
    expect(message({ b: "count = 1", a: "let counts = 0" }, "b")).toContain("Did you mean counts?");
  });

  test("include those in a cell's own code", () => {
    expect(errors({ a: "const = 1", b: "enum E {}" })).toEqual({ a: "syntax", b: "unsupported" });
  });
});

/** Notebooks of up to seven cells; each defines one name and uses some of the others'. */
const notebooks = fc
  .array(fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }), { minLength: 1, maxLength: 7 })
  .map((uses): Code => {
    const names = uses.map((_, index) => `n${index}`);
    const sum = (used: readonly number[]): string => used.flatMap((index) => names[index] ?? []).join(" + ") || "1";
    return Object.fromEntries(uses.map((used, index) => [`c${index}`, `const n${index} = ${sum(used)};`]));
  });

function shuffled(code: Code, seed: number): Code {
  const key = (id: string): number => (Number(id.slice(1)) * 31 + seed) % 17;
  return Object.fromEntries(Object.entries(code).sort(([a], [b]) => key(a) - key(b)));
}

const snapshotsOf = (code: Code, inputs: Readonly<Record<string, number>> = {}): ReadonlyMap<CellId, string> =>
  snapshots(shape(code), (name) => inputs[name]);

describe("in any notebook", () => {
  test("the order respects the edges and contains each cell without errors once", () => {
    fc.assert(
      fc.property(notebooks, (code) => {
        const { order, edges, errors: found } = shape(code);
        expect([...order].sort()).toEqual(Object.keys(code).filter((id) => !found.has(id)));
        for (const [definer, user] of edges) {
          if (order.includes(definer) && order.includes(user)) {
            expect(order.indexOf(definer)).toBeLessThan(order.indexOf(user));
          }
        }
      }),
    );
  });

  test("the order of the cells in the file changes neither topology nor snapshots", () => {
    fc.assert(
      fc.property(notebooks, fc.nat(16), (code, seed) => {
        const other = shuffled(code, seed);
        const graph = (each: Code) => {
          const { edges, errors: found, definers } = shape(each);
          return {
            edges: [...edges].map(String).sort(),
            faulty: [...found.keys()].sort(),
            definers: [...definers].sort(),
          };
        };
        expect(graph(other)).toEqual(graph(code));
        const { errors: found } = shape(code);
        if (found.size === 0) expect([...snapshotsOf(other)].sort()).toEqual([...snapshotsOf(code)].sort());
      }),
    );
  });

  test("an edit changes the snapshots of the cell and its descendants, and undoing it restores them", () => {
    fc.assert(
      fc.property(notebooks, fc.nat(6), (code, pick) => {
        const ids = Object.keys(code);
        const edited = ids[pick % ids.length]!;
        const chain = shape(code);
        if (chain.errors.size > 0) return;
        const before = snapshotsOf(code);
        const after = snapshotsOf({ ...code, [edited]: `${code[edited]} // a comment\n0;` });
        const touched = new Set([edited, ...descendants(chain, [edited])]);
        for (const id of ids) expect(after.get(id) === before.get(id)).toBe(!touched.has(id));
        expect(snapshotsOf({ ...code })).toEqual(before);
      }),
    );
  });
});

describe("the value of an input", () => {
  const code: Code = {
    knobs: 'const rank = input.range("r", {}); const w = input.live.range("w", {}); const n = input.number("n", {})',
    a: "const a = rank",
    b: "w.value + n",
    c: "a",
    input: 'import { input } from "palimpsest"',
  };
  const changed = (inputs: Record<string, number>): CellId[] => {
    const before = snapshotsOf(code);
    return [...snapshotsOf(code, inputs)].filter(([id, snapshot]) => before.get(id) !== snapshot).map(([id]) => id);
  };

  test("is part of the snapshots of its users and their descendants, not of the declaring cell", () => {
    expect(changed({ rank: 4 })).toEqual(["a", "c"]);
    expect(changed({ n: 4 })).toEqual(["b"]);
    expect(changed({ rank: 4, n: 1 })).toEqual(["a", "b", "c"]);
  });

  test("is part of no snapshot if it is live, or if no cell declares the input", () => {
    expect(changed({ w: 4, a: 1, other: 2 })).toEqual([]);
  });
});
