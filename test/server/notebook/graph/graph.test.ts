import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cycles, type Edge, outgoing, reachable, topologicalOrder } from "../../../../server/notebook/graph/graph.ts";
import { topology, updatedTopology } from "../../../../server/notebook/graph/topology.ts";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import type { AnalysedCell, Topology } from "../../../../server/notebook/types.ts";

/** Sources with definitions, duplicates, cycles, assignments, unknown names, types and syntax errors. */
const source = fc.oneof(
  fc
    .record({
      name: fc.constantFrom("a", "b", "c", "d"),
      uses: fc.subarray(["a", "b", "c", "d", "absent", "Math"], { maxLength: 2 }),
      line: fc.constantFrom("", "\n", "// a comment\n  "),
    })
    .map(({ name, uses, line }) => `${line}const ${name} = [${uses}];`),
  fc.constantFrom(
    "a = 1;",
    "\n  b++;",
    "type T = typeof a; interface U {}",
    "let t: T, u: U;",
    "class T {} new T();",
    "typeof absent;",
    "enum E { A = b }",
    "E.A;",
    "const c = ;",
    'import { a } from "m";',
    "var a; { let b; }",
    "",
  ),
);
const id = fc.constantFrom("c1", "c2", "c3", "c4", "c5", "c6");
type Edit = { readonly type: "write" | "remove" | "move to the end"; readonly id: string; readonly source: string };
const edit: fc.Arbitrary<Edit> = fc.oneof(
  // Most edits leave the names of a cell unchanged, so that the topology can be reused.
  {
    weight: 8,
    arbitrary: fc
      .record({
        number: fc.constantFrom(1, 2, 3, 4),
        uses: fc.subarray(["n1", "n2", "n7", "typeof n7"], { maxLength: 2 }),
        form: fc.constantFrom("", "\n", "<any>"),
        type: fc.constantFrom("any", "typeof n1", "typeof n2"),
      })
      .map(({ number, uses, form, type }) => ({
        ...{ type: "write" as const, id: `c${number}` },
        source: `const n${number}: ${type} = ${form}[${uses.filter((each) => each < `n${number}` || each >= "n7")}];`,
      })),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("write" as const), id, source }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("remove" as const), id, source: fc.constant("") }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("move to the end" as const), id, source: fc.constant("") }) },
);

function edited(cells: readonly AnalysedCell[], { type, id, source }: Edit): AnalysedCell[] {
  const rest = cells.filter((cell) => cell.id !== id);
  if (type === "remove") return rest;
  const old = cells.findIndex((cell) => cell.id === id);
  if (type === "move to the end") return old < 0 ? rest : [...rest, cells[old]!];
  return rest.toSpliced(old < 0 ? rest.length : old, 0, { id, analysis: analyse(source) });
}

describe("after any edits of a notebook", () => {
  test("the updated topology equals the one made from scratch", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30, size: "max" }), (edits) => {
        let cells: AnalysedCell[] = [];
        let shape = topology(cells);
        for (const each of edits) {
          cells = edited(cells, each);
          shape = updatedTopology(shape, cells);
          expect(shape).toEqual(topology(cells));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("the order of the cells changes neither the edges nor the errors", () => {
    const summary = ({ edges, typeEdges, errors, definers }: Topology): unknown => ({
      edges: edges.map(String).sort(),
      typeEdges: typeEdges.map(String).sort(),
      definers: [...definers].sort(),
      errors: [...errors]
        .map(
          ([cell, all]) =>
            `${cell}: ${all.map(({ kind, position, cells }) => JSON.stringify([kind, position, cells?.toSorted()])).sort()}`,
        )
        .sort(),
    });
    fc.assert(
      fc.property(fc.array(source, { minLength: 2, maxLength: 7 }), fc.nat(), (sources, seed) => {
        const cells = sources.map((each, index) => ({ id: `c${index}`, analysis: analyse(each) }));
        const key = ({ id: cell }: AnalysedCell): number => (Number(cell.slice(1)) * 7919 + seed) % 101;
        expect(summary(topology(cells.toSorted((a, b) => key(a) - key(b))))).toEqual(summary(topology(cells)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("in any graph", () => {
  const nodes = Array.from({ length: 9 }, (_, index) => `n${index}`);
  const node = fc.constantFrom(...nodes);
  const edges = fc
    .array(fc.tuple(node, node), { maxLength: 18 })
    .map((pairs) => pairs.filter(([from, to]) => from !== to)) as fc.Arbitrary<Edge[]>;

  test("a cycle is a set of nodes that can all reach each other", () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const next = outgoing(pairs);
        const reach = (from: string): Set<string> => reachable([from], (each) => next.get(each) ?? []);
        const mutual = (a: string): string[] => nodes.filter((b) => reach(a).has(b) && reach(b).has(a));
        const expected = nodes.filter((each) => reach(each).has(each) && mutual(each)[0] === each).map(mutual);
        expect(cycles(nodes, pairs)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("the order always takes the first node that waits for no other, and leaves out what depends on a cycle", () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const order: string[] = [];
        const free = (): string | undefined =>
          nodes.find(
            (each) => !order.includes(each) && pairs.every(([from, to]) => to !== each || order.includes(from)),
          );
        for (let next = free(); next !== undefined; next = free()) order.push(next);
        expect(topologicalOrder(nodes, pairs)).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });
});
