import { expect, it } from "vitest";
import type { Cell } from "../../../server/notebook/types.ts";
import { merge } from "../../../server/state/merge.ts";

function cells(...words: readonly string[]): readonly Cell[] {
  return words.map((word) => {
    const [id = "", source = ""] = word.split("=");
    return { id, kind: "code", source, mode: "auto", options: {} };
  });
}

function merged(base: readonly Cell[], ours: readonly Cell[], theirs: readonly Cell[]): string[] {
  return merge({ cells: base }, ours, { cells: theirs }).cells.map((cell) => `${cell.id}=${cell.source}`);
}

it("takes from each side what only that side changed", () => {
  const base = cells("a=1", "b=2", "c=3");
  expect(merged(base, cells("a=1", "b=20", "c=3"), cells("a=10", "b=2", "c=3"))).toEqual(["a=10", "b=20", "c=3"]);
});

it("keeps cells that one side added and drops those that one side removed", () => {
  const base = cells("a=1", "b=2", "c=3");
  expect(merged(base, cells("a=1", "mine=5", "b=2", "c=3"), cells("a=1", "c=3", "theirs=6"))).toEqual([
    "a=1",
    "mine=5",
    "c=3",
    "theirs=6",
  ]);
});

it("does not drop a cell that was edited here when it was removed outside, nor the other way round", () => {
  const base = cells("a=1", "b=2");
  expect(merged(base, cells("a=1", "b=20"), cells("a=1"))).toEqual(["a=1", "b=20"]);
  expect(merged(base, cells("a=1"), cells("a=1", "b=30"))).toEqual(["a=1", "b=30"]);
});

it("keeps both versions of a cell that both sides changed, the outside one where it cannot run by itself", () => {
  const result = merge({ cells: cells("a=1") }, cells("a=2"), { cells: cells("a=3") });
  expect(result.conflicts).toEqual(["a"]);
  expect(result.cells.map(({ id, source, mode }) => [id, source, mode])).toEqual([
    ["a", "2", "auto"],
    ["a-outside", "3", "manual"],
  ]);
});

it("is quiet when both sides came to the same", () => {
  expect(merge({ cells: cells("a=1") }, cells("a=2"), { cells: cells("a=2") })).toEqual({
    cells: cells("a=2"),
    conflicts: [],
  });
});
