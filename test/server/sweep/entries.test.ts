/** Which entries a sweep has: what is varied, in which order, and which of them are the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesOf, entryId, nameOf, varied } from "../../../server/sweep/entries.ts";
import { combinations, readGrid, readRange, type Texts, WrongVariation } from "../../../server/sweep/variations.ts";

const asNumbers = (texts: Texts) => ({
  texts,
  settings: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Number(text)])),
});

describe("--grid", () => {
  it.each([
    ["rank=2,8,32", ["2", "8", "32"]],
    ["rank= 2, 8", ["2", "8"]],
    ["prompt=Note:", ["Note:"]],
    ["expression=a=b", ["a=b"]],
    ['prompt=["Note:","Well, then:"]', ["Note:", "Well, then:"]],
    ['many=[["a","b"],["c"]]', ["a,b", "c"]],
    ["rank=[2,8]", ["2", "8"]],
    ['rows=[[{"a":1}]]', ['[{"a":1}]']],
  ])("%s", (text, values) => {
    expect(readGrid(text).values).toEqual(values);
  });

  it.each([
    ["rank", /form name=value,value/],
    ["rank=", /form name=value,value/],
    ["=2", /form name=value,value/],
    ["rank=2,,8", /empty value/],
    ["rank=2,8,2", /"2" twice/],
    ["rank=[2,8", /not a JSON list/],
    ["rank=[]", /empty value/],
  ])("refuses %s", (text, message) => {
    expect(() => readGrid(text)).toThrow(message);
    expect(() => readGrid(text)).toThrow(WrongVariation);
  });
});

describe("--range", () => {
  it.each([
    "rank",
    "rank=1",
    "rank=1:2:3",
    "rank=5:1",
    "rank=1:1",
    "rank=a:b",
    "rank=0:1:log",
    "rank=1:2:log:x",
    "rank=:2",
  ])("refuses %s", (text) => {
    expect(() => readRange(text)).toThrow(WrongVariation);
  });

  it("draws inside the bounds, whole numbers where the bounds are whole, and the same ones in every call", () => {
    const bounds = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.boolean());
    fc.assert(
      fc.property(bounds, fc.boolean(), fc.integer({ min: 1, max: 40 }), ([from, width, log], whole, draws) => {
        const low = log ? Math.abs(from) + 1 : from;
        const text = `x=${low}${whole ? "" : ".0"}:${low + width}${log ? ":log" : ""}`;
        const range = readRange(text);
        const all = combinations([], [range], draws).map(({ x }) => Number(x));
        expect(all).toHaveLength(draws);
        for (const value of all) {
          expect(value >= low && value <= low + width).toBe(true);
          if (whole) expect(Number.isInteger(value)).toBe(true);
        }
        expect(
          combinations([], [readRange(text)], draws + 5)
            .map(({ x }) => Number(x))
            .slice(0, draws),
        ).toEqual(all);
      }),
    );
  });

  it("draws many values from a range that is narrow beside its bounds", () => {
    const drawn = combinations([], [readRange("x=100.1:100.9")], 40).map(({ x }) => x);
    expect(new Set(drawn).size).toBeGreaterThan(30);
  });

  it("reaches both bounds, evenly; with log, half of the draws are below the geometric mean", () => {
    const draws = (text: string): number[] => combinations([], [readRange(text)], 2000).map((each) => Number(each.x));
    const counts = [1, 2, 3, 4].map((value) => draws("x=1:4").filter((each) => each === value).length);
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
    expect(Math.abs(draws("x=1e-4:1e-2:log").filter((each) => each < 1e-3).length - 1000)).toBeLessThan(120);
  });
});

describe("the entries", () => {
  const grids = fc
    .uniqueArray(fc.constantFrom("rank", "weight", "steps"), { minLength: 1, maxLength: 3 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc
            .uniqueArray(fc.integer({ min: -20, max: 100 }), { minLength: 1, maxLength: 4 })
            .map((values) => ({ name, values: values.map(String) })),
        ),
      ),
    );

  it("are all combinations with all seeds, once each, ordered by settings and seed", () => {
    fc.assert(
      fc.property(grids, fc.integer({ min: 1, max: 3 }), (varying, count) => {
        const seeds = Array.from({ length: count }, (_, at) => at + 1);
        const entries = entriesOf("s", combinations(varying, [], 1).map(asNumbers), seeds);
        expect(entries).toHaveLength(varying.reduce((size, { values }) => size * values.length, count));
        expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
        const keys = entries.map(({ settings, seed }) => [...varying.map(({ name }) => Number(settings[name])), seed]);
        for (const [at, key] of keys.entries()) {
          const before = keys[at - 1];
          const differs = before?.findIndex((value, place) => value !== key[place]) ?? -1;
          if (before) expect(before[differs]!).toBeLessThan(key[differs]!);
        }
      }),
    );
  });

  it("have other ids on a backend that was asked for", () => {
    const ids = [undefined, "wasm", "cpu"].map(
      (backend) => entriesOf("s", combinations([], [], 1).map(asNumbers), [1], backend)[0]?.id,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it("have ids that do not depend on the order of options, nor on what else is in the sweep", () => {
    fc.assert(
      fc.property(grids, (varying) => {
        const idsOf = (list: typeof varying): string[] =>
          entriesOf("s", combinations(list, [], 1).map(asNumbers), [1, 2])
            .map(({ id }) => id)
            .sort();
        expect(idsOf([...varying].reverse())).toEqual(idsOf(varying));
        const [first, ...rest] = varying;
        const fewer = [{ ...first!, values: first!.values.slice(0, 1) }, ...rest];
        expect(idsOf(varying)).toEqual(expect.arrayContaining(idsOf(fewer)));
      }),
    );
  });

  it("differ by snapshot, by setting and by seed; other spellings of a number do not count", () => {
    const ids = [
      entryId("s", { rank: 2 }, 1),
      entryId("t", { rank: 2 }, 1),
      entryId("s", { rank: 3 }, 1),
      entryId("s", { rank: 2 }, 2),
      entryId("s", { rank: "2" }, 1),
      entryId("s", {}, 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    const spelt = [{ rank: "2" }, { rank: "2.0" }, { rank: "0x2" }].map(asNumbers);
    expect(entriesOf("s", spelt, [1]).map(nameOf)).toEqual(["rank=2 seed=1"]);
  });

  it("say which inputs differ between them", () => {
    const entries = [{ settings: { rank: 2, weight: 0, steps: 9 } }, { settings: { rank: 8, weight: 0, steps: 9 } }];
    expect(varied(entries)).toEqual(["rank"]);
  });
});
