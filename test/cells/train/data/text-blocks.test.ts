import { expect, it } from "vitest";
import { TextBlocks } from "../../../../cells/train/data/text-blocks.ts";

const text = (from: number, count: number, begin = 1) => ({
  ids: Array.from({ length: count }, (_, at) => from + at),
  spans: [{ role: "text" as const, weight: 1, from: begin, to: count }],
});

it("cuts the joined texts every N tokens; only the first token of a block is no target", () => {
  const blocks = new TextBlocks(4);
  const found = [...blocks.add(text(10, 3)), ...blocks.add(text(20, 6)), ...blocks.rest()];
  expect(found).toEqual([
    { ids: [10, 11, 12, 20], spans: [{ role: "text", weight: 1, from: 1, to: 4 }] },
    { ids: [21, 22, 23, 24], spans: [{ role: "text", weight: 1, from: 1, to: 4 }] },
  ]);
});

it("keeps roles and weights, and the shorter last block; a single token has nothing to learn from", () => {
  const blocks = new TextBlocks(5);
  blocks.add({ ids: [1, 2], spans: [{ role: "text", weight: 0.5, from: 1, to: 2 }] });
  expect(blocks.add(text(7, 3))).toEqual([
    {
      ids: [1, 2, 7, 8, 9],
      spans: [
        { role: "text", weight: 0.5, from: 1, to: 2 },
        { role: "text", weight: 1, from: 2, to: 5 },
      ],
    },
  ]);
  expect(blocks.add(text(30, 3))).toEqual([]);
  expect(blocks.rest()).toEqual([{ ids: [30, 31, 32], spans: [{ role: "text", weight: 1, from: 1, to: 3 }] }]);
  expect(blocks.rest()).toEqual([]);
});
