import { describe, expect, it } from "vitest";
import { topology, updatedTopology } from "../../../../server/notebook/graph/topology.ts";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import type { AnalysedCell } from "../../../../server/notebook/types.ts";

function cellsOf(sources: Readonly<Record<string, string>>): AnalysedCell[] {
  return Object.entries(sources).map(([id, source]) => ({ id, analysis: analyse(source) }));
}

/** The cells that are warned, with their messages. */
function warned(sources: Readonly<Record<string, string>>): Record<string, string[]> {
  const { warnings, errors } = topology(cellsOf(sources));
  expect([...errors.values()].flat()).toEqual([]);
  return Object.fromEntries([...warnings].map(([id, all]) => [id, all.map(({ message }) => message)]));
}

describe("a value of another cell that a cell changes", () => {
  const THEN =
    "Cells that use losses do not run again then, and what they see depends on the order in which cells run.";

  it("is a warning on the cell that changes it, the one that defines it, and those that use it", () => {
    expect(
      warned({
        list: "const losses: number[] = [];",
        push: "losses.push(1);",
        show: "console.log(losses.length);",
        other: "1",
      }),
    ).toEqual({
      push: [
        `This cell changes losses, which the cell list defines: losses.push(…). ${THEN} Make the change in the cell list, or define a new value here: const changed = [...losses, …].`,
      ],
      list: [`The cell push changes losses, which is defined here: losses.push(…). ${THEN}`],
      show: ["The cell push changes losses, which this cell uses: losses.push(…). This cell does not run again then."],
    });
  });

  it.each([
    ["const x = [3, 1];", "x.sort()", "x.sort(…)"],
    ["const x = new Float32Array(3);", "x.fill(0)", "x.fill(…)"],
    ["const x = Array.from([1]);", "for (const y of [1]) x.splice(y, 1)", "x.splice(…)"],
    ["const x = new Map<string, number>();", 'x.set("a", 1)', "x.set(…)"],
    ["const x = new Set();", "[1].forEach((y) => x.add(y))", "x.add(…)"],
    ["const x = { a: 1 };", "x.a = 2", "x.a = …"],
    ["const x = { a: 1 };", "x.a++", "x.a++"],
    ["const x = [1];", "x[0] = 2", "x[…] = …"],
    ["const x = { a: 1 } as { a?: number };", "delete x.a", "delete x.a"],
    ["const x = { a: [1] };", "x.a.push(2)", "x.a.push(…)"],
    ["const x = { a: 1 };", "Object.assign(x, { a: 2 })", "Object.assign(x, …)"],
    ["const x = JSON.parse('{}');", "x.rate += 1", "x.rate += …"],
    ["class X { n = 0 }\nconst x = new X();", "x.n = 1", "x.n = …"],
  ])("%s then %s", (definition, change, how) => {
    const { a, b } = warned({ a: definition, b: `${change};` });
    expect([a?.[0], b?.[0]]).toEqual([expect.stringContaining(`: ${how}.`), expect.stringContaining(`: ${how}.`)]);
  });

  it.each([
    [
      "const run = train();",
      "run.stop(); run.fork(); run.set(1); run.push(2)",
      "methods of objects that are not seen to be lists",
    ],
    ["const table = load();", "table.add(1); table.clear(); table.delete(1)", "the same"],
    ["const x = [1];", "const y = [...x].sort(); x.map((z) => z); x.slice().push(1); x.at(0)", "copies and reads"],
    ["const x = [1];", "{ const x = []; x.push(1); } function f(x) { x.push(1); }", "names of its own"],
    [
      "const x = [1];\nx.push(2);\n[3].forEach((y) => x.push(y));\nx[0] = 5;",
      "x.length",
      "changes in the cell that defines it",
    ],
    ['import * as lib from "lib";', "lib.config = 1", "what is imported"],
    ["const weight = input.live.range();", "weight.value", "live inputs"],
  ])("%s then %s is none: %s", (definition, use) => {
    const globals = "const train = () => ({}) as any; const load = train; const input = { live: { range: train } };";
    expect(warned({ globals, a: definition, b: use })).toEqual({});
  });
});

describe("a name that changes after its cell has run", () => {
  it("by a function that other cells call is a warning on its cell and on those that read it", () => {
    const messages = warned({
      counter: "let total = 0;\nfunction add(n: number) { total += n; return total; }",
      use: "const first = add(5);",
      read: "console.log(total);",
    });
    expect(messages).toEqual({
      counter: [
        "total changes after this cell has run: add, which other cells use, does total += …. Other cells see the value that it has when they start, and do not run again when it changes. Return the new value instead, or use it in this cell only.",
      ],
      read: [
        "total changes after its cell has run: add of the cell counter does total += …. This cell sees the value that it has when this cell starts, and does not run again when it changes.",
      ],
    });
  });

  it.each([
    [
      "let n = 0; const inner = () => { n = 1; }; export const outer = () => inner();",
      "outer(); n",
      "through another function",
    ],
    ["let n = 0; const timer = setInterval(() => { n++; }, 10);", "n", "by a timer"],
    ["let n = 0; emitter.on('x', () => { n = 2; }); ", "n", "by an event"],
    ["const n = [0]; class Box { put() { n.push(1); } }", "new Box().put(); n", "by a method"],
    ["const n = new Map(); const o = { put() { n.set(1, 2); } };", "o.put(); n", "by a method of an object"],
  ])("%s and %s", (definition, use) => {
    expect(
      Object.keys(warned({ e: "const emitter = { on: (...all: unknown[]) => all };", a: definition, b: use })).sort(),
    ).toEqual(["a", "b"]);
  });

  it.each([
    ["let n = 0; for (const x of [1]) n += x; [1].forEach((x) => { n += x; });", "n", "it changes while its cell runs"],
    ["let n = 0; function add() { n += 1; }\nadd();", "n", "no other cell calls the function"],
    ["let n = 0; export function add() { return (n += 1); }", "add()", "no other cell reads it"],
    ["let n = 0; export function add() { let n = 1; n += 1; }", "add(); n", "the function changes a name of its own"],
    [
      "const cache = new Map(); const get = (k: string) => { cache.set(k, 1); return cache.get(k); };",
      "get('a')",
      "it is a cache of its own",
    ],
  ])("%s and %s is none: %s", (definition, use) => {
    expect(warned({ a: definition, b: use })).toEqual({});
  });
});

it("an edit keeps the warnings right: their places, those that come and those that go", () => {
  const before = cellsOf({ list: "const x = [];", use: "x.length;" });
  const first = topology(before);
  for (const [list, use] of [
    ["const x = [];", "x.push(1);"],
    ["const x = [];", "\n\n x.push(1);"],
    ["const x = new Map();", "x.push(1);"],
    ["const x = [];", "x.length;"],
  ] as const) {
    const cells = cellsOf({ list, use });
    expect(updatedTopology(first, cells)).toEqual(topology(cells));
  }
});
