import { array, assert, constant, double, integer, oneof, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rows } from "../../../server/chart/rows.ts";
import { ELEMENTS, SAMPLED_POINTS, thinned } from "../../../server/chart/thinning.ts";
import type { PlotOptions } from "../../../server/values.ts";

type Item = Readonly<Record<string, unknown>>;
const rowsOf = (items: readonly Item[]): Rows => ({
  length: items.length,
  has: (column) => column in (items[0] ?? {}),
  value: (column, index) => items[index]?.[column],
});
const items = (count: number, item: (i: number) => Item): Item[] => Array.from({ length: count }, (_, i) => item(i));
const screen = { columns: 100, scales: {} };
const thin = (mark: string, options: PlotOptions, data: readonly Item[], resolution = screen): readonly Item[] => {
  const found = thinned({ mark, options }, rowsOf(data), resolution);
  if (found.kind === "too-many") throw new Error(found.message);
  return found.kind === "all" ? data : found.indices.map((index) => data[index]!);
};
const xy = { x: "x", y: "y" };
/** Numbers from 0 to 1 that look random. */
const part = (x: number): number => x - Math.floor(x);
const random = (i: number, of = 12.9898): number => part(Math.sin(i * of) * 43758.5453);

describe("a line of many points", () => {
  it("keeps its ends and the extremes of each column, and draws each column's first and last point", () => {
    // Without -0, which is another number to a matcher and none to a line.
    const heights = array(
      double({ noNaN: true, min: -9, max: 9 }).map((y) => y + 0),
      { minLength: 500, maxLength: 3000 },
    );
    assert(
      property(heights, (all) => {
        const data = all.map((y, x) => ({ x, y }));
        const drawn = thin("lineY", xy, data);
        expect(drawn.length).toBeLessThanOrEqual(404);
        const unit = (data.length - 1) / 100;
        const columns = (some: readonly Item[]): Map<number, number[]> => {
          const found = new Map<number, number[]>();
          for (const { x, y } of some) {
            const column = Math.floor(Number(x) / unit);
            found.set(column, [...(found.get(column) ?? []), Number(y)]);
          }
          return found;
        };
        const before = columns(data);
        for (const [column, ys] of columns(drawn)) {
          const full = before.get(column)!;
          expect([ys[0], ys.at(-1), Math.min(...ys), Math.max(...ys)]).toEqual([
            full[0],
            full.at(-1),
            Math.min(...full),
            Math.max(...full),
          ]);
        }
        expect([drawn[0], drawn.at(-1)]).toEqual([data[0], data.at(-1)]);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps its gaps: between two drawn points lies a gap exactly where one lay before", () => {
    const values = array(oneof({ weight: 30, arbitrary: double({ noNaN: true, min: 0, max: 1 }) }, constant(null)), {
      minLength: 600,
      maxLength: 2000,
    });
    assert(
      property(values, (all) => {
        const data = all.map((y, x) => ({ x, y }));
        const drawn = thin("lineY", xy, data);
        for (let i = 1; i < drawn.length; i++) {
          const [a, b] = [drawn[i - 1]!, drawn[i]!];
          if (a.y === null || b.y === null) continue;
          expect(data.slice(Number(a.x), Number(b.x)).some(({ y }) => y === null)).toBe(false);
        }
        const segments = (some: readonly Item[]): number =>
          some.filter(({ y }, i) => y !== null && (some[i - 1]?.y ?? null) === null).length;
        expect(segments(drawn)).toBe(segments(data));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps what lies in sparse parts of the axis", () => {
    const data = [...items(9900, (i) => ({ x: i / 9900, y: random(i) })), ...items(100, (i) => ({ x: i + 1, y: 5 }))];
    const drawn = thin("lineY", xy, data, { columns: 400, scales: {} });
    expect(drawn.filter(({ y }) => y === 5)).toHaveLength(100);
    const log = items(9000, (i) => ({ x: i + 1, y: random(i) }));
    const onLog = thin("lineY", xy, log, { columns: 400, scales: { x: { type: "log" } } });
    expect(onLog.filter(({ x }) => Number(x) <= 40)).toHaveLength(40);
  });

  it("is thinned on its other axis when it goes along that one, and over dates", () => {
    const data = items(5000, (i) => ({ x: random(i), y: i }));
    expect(thin("lineX", xy, data).length).toBeLessThan(500);
    expect(thin("line", xy, data).length).toBeLessThan(500);
    expect(
      thin(
        "lineY",
        xy,
        items(5000, (i) => ({ x: { $date: i }, y: random(i) })),
      ).length,
    ).toBeLessThan(500);
  });

  it("is drawn as given when it goes back, is closed, or when its points have looks of their own", () => {
    const turn = (2 * Math.PI) / 5000;
    const circle = items(5000, (i) => ({ x: Math.cos(i * turn), y: Math.sin(i * turn), w: i }));
    expect(thin("line", xy, circle)).toBe(circle);
    const straight = items(5000, (i) => ({ x: i, y: random(i), w: i, name: "a", kind: String(i % 2) }));
    for (const look of [
      { strokeWidth: "w" },
      { marker: "dot" },
      { sort: "y" },
      { z: "name", stroke: "kind" },
      { y1: 0 },
    ])
      expect(thin("lineY", { ...xy, ...look }, straight)).toBe(straight);
    const names = items(5000, (i) => ({ x: `week ${i}`, y: i }));
    expect(thin("lineY", xy, names)).toBe(names);
  });

  it("keeps every one of 2,000 series, with its extremes", () => {
    const data = items(400_000, (i) => ({ x: i % 200, y: random(i), s: `series ${Math.floor(i / 200)}` }));
    const drawn = thin("lineY", { ...xy, stroke: "s" }, data, { columns: 600, scales: {} });
    expect(new Set(drawn.map(({ s }) => s)).size).toBe(2000);
    const highest = (some: readonly Item[]): Map<unknown, number> => {
      const found = new Map<unknown, number>();
      for (const { s, y } of some) found.set(s, Math.max(found.get(s) ?? 0, Number(y)));
      return found;
    };
    expect(highest(drawn)).toEqual(highest(data));
    const found = thinned({ mark: "lineY", options: { ...xy, stroke: "s" } }, rowsOf(data), screen);
    expect(found.kind === "some" && found.note).toMatch(/^The lines have many points\./);
  });
});

describe("areas, stacks, bars and bands", () => {
  const data = items(30_000, (i) => ({ x: i >> 1, y: random(i), y0: 0, s: i % 2 ? "a" : "b" }));

  it.each([
    ["areaY", { ...xy, fill: "s" }],
    ["areaY", { x: "x", y1: "y0", y2: "y" }],
    ["areaY", xy],
    ["barY", { ...xy, fill: "s" }],
    ["rectY", { ...xy, fill: "s" }],
    ["cell", { x: "x", y: "s", fill: "y" }],
    ["differenceY", xy],
  ] as [string, PlotOptions][])("%s is drawn as given: %j", (mark, options) => {
    expect(thin(mark, options, data)).toBe(data);
  });

  it("an area of one series is thinned as a line is", () => {
    expect(
      thin(
        "areaY",
        xy,
        items(5000, (i) => ({ x: i, y: random(i) })),
      ).length,
    ).toBeLessThan(500);
  });

  it("more bars than a page can draw are refused with advice, never sampled", () => {
    const many = items(ELEMENTS + 1, (i) => ({ x: i, y: 1 }));
    expect(() => thin("barY", xy, many)).toThrow(/^Its mark barY has 100,001 items.*at most 100,000, for example bins/);
  });
});

describe("a scatter of very many points", () => {
  const cloud = items(100_000, (i) => ({ x: random(i), y: random(i, 78.233), s: i < 7 ? "rare" : "usual" }));

  it("is a fair sample: no part of it gets more or fewer points than its share", () => {
    const drawn = thin("dot", xy, cloud);
    expect(drawn).toHaveLength(SAMPLED_POINTS);
    for (let column = 0; column < 10; column++)
      for (let row = 0; row < 10; row++) {
        const inside = ({ x, y }: Item): boolean =>
          Math.floor(Number(x) * 10) === column && Math.floor(Number(y) * 10) === row;
        const share = drawn.filter(inside).length / cloud.filter(inside).length;
        expect(Math.abs(share - 0.2)).toBeLessThan(0.06);
      }
  });

  it("is the same each time, keeps the outermost points and the rare colours", () => {
    const drawn = thin("dot", { ...xy, fill: "s" }, cloud);
    expect(thin("dot", { ...xy, fill: "s" }, cloud)).toEqual(drawn);
    expect(drawn.filter(({ s }) => s === "rare")).toHaveLength(7);
    const xs = (some: readonly Item[]): number[] => some.map(({ x }) => Number(x)).sort((a, b) => a - b);
    expect([xs(drawn)[0], xs(drawn).at(-1)]).toEqual([xs(cloud)[0], xs(cloud).at(-1)]);
  });

  it("changes little while points are added", () => {
    const before = new Set(thin("dot", xy, cloud));
    const after = thin("dot", xy, [...cloud, ...items(1000, (i) => ({ x: random(i, 3.3), y: random(i, 5.7) }))]);
    expect(after.filter((each) => before.has(each)).length).toBeGreaterThan(SAMPLED_POINTS * 0.98);
  });

  it("is drawn as given up to its limit, and where a channel is a list", () => {
    const few = cloud.slice(0, SAMPLED_POINTS);
    expect(thin("dot", xy, few)).toBe(few);
    const some = cloud.slice(0, 50_000);
    expect(thin("dot", { ...xy, r: [1, 2, 3] }, some)).toBe(some);
  });

  it("stays in order whatever its size", () => {
    assert(
      property(
        tuple(integer({ min: SAMPLED_POINTS + 1, max: 60_000 }), integer({ min: 1, max: 900 })),
        ([n, groups]) => {
          const data = items(n, (i) => ({ x: i, y: -i, s: `g${i % groups}` }));
          const drawn = thin("dot", { ...xy, stroke: "s" }, data);
          expect(drawn).toHaveLength(SAMPLED_POINTS);
          expect(drawn.every(({ x }, i) => i === 0 || Number(x) > Number(drawn[i - 1]!.x))).toBe(true);
        },
      ),
      { numRuns: 5 },
    );
  });
});
