import { expect, it } from "vitest";
import type { Cell } from "../../../server/notebook/types.ts";
import { mergeCells } from "../../../server/state/merge-cells.ts";

function cells(...words: readonly string[]): readonly Cell[] {
  return words.map((word) => {
    const [id = "", source = ""] = word.split("=");
    return { id, kind: "code", source, mode: "auto", options: {} };
  });
}

function merged(base: readonly Cell[], ours: readonly Cell[], theirs: readonly Cell[]): string[] {
  return mergeCells({ cells: base }, ours, { cells: theirs }).cells.map((cell) => `${cell.id}=${cell.source}`);
}

it("uses the version of the side that changed a cell", () => {
  const base = cells("a=1", "b=2", "c=3");
  expect(merged(base, cells("a=1", "b=20", "c=3"), cells("a=10", "b=2", "c=3"))).toEqual(["a=10", "b=20", "c=3"]);
});

it("keeps cells that one side added, and drops cells that one side removed", () => {
  const base = cells("a=1", "b=2", "c=3");
  expect(merged(base, cells("a=1", "mine=5", "b=2", "c=3"), cells("a=1", "c=3", "theirs=6"))).toEqual([
    "a=1",
    "mine=5",
    "c=3",
    "theirs=6",
  ]);
});

it("keeps a cell that one side edited and the other side removed", () => {
  const base = cells("a=1", "b=2");
  expect(merged(base, cells("a=1", "b=20"), cells("a=1"))).toEqual(["a=1", "b=20"]);
  expect(merged(base, cells("a=1"), cells("a=1", "b=30"))).toEqual(["a=1", "b=30"]);
});

it("keeps both versions of a cell that both sides changed; the outside one does not run by itself", () => {
  const result = mergeCells({ cells: cells("a=1") }, cells("a=2"), { cells: cells("a=3") });
  expect(result.conflicts).toEqual(["a"]);
  expect(result.cells.map(({ id, source, mode }) => [id, source, mode])).toEqual([
    ["a", "2", "auto"],
    ["a-outside", "3", "manual"],
  ]);
});

it("reports no conflict when both sides made the same change", () => {
  expect(mergeCells({ cells: cells("a=1") }, cells("a=2"), { cells: cells("a=2") })).toEqual({
    cells: cells("a=2"),
    conflicts: [],
  });
});
