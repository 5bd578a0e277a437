/** The page's order means the same as the words of the command line that it becomes. */
import { expect, it } from "vitest";
import type { StartOrder } from "../../../server/sweep/api.ts";
import { startWords, terminalCommand } from "../../../server/sweep/start-words.ts";
import { readGrid, readRange } from "../../../server/sweep/variations.ts";

const ORDER: StartOrder = {
  ...{ notebook: "n.ts", grid: [], ranges: [], draws: 1, fixed: [], seeds: 1, on: "local" },
};
const argument = (words: readonly string[], option: string): string =>
  words.find((word) => word.startsWith(`--${option}=`))!.slice(option.length + 3);

it.each([
  [[2, 8, 0.5, -1e-7], "rank=2,8,0.5,-1e-7", ["2", "8", "0.5", "-1e-7"]],
  [[true, false], "rank=true,false", ["true", "false"]],
  [["a, b", "[c"], 'rank=["a, b","[c"]', ["a, b", "[c"]],
  [[" a", "b"], 'rank=[" a","b"]', [" a", "b"]],
  [["--json", "x y"], "rank=--json,x y", ["--json", "x y"]],
  [[["a", "b"], ["c"]], 'rank=[["a","b"],["c"]]', ["a,b", "c"]],
  [[[{ x: 1 }]], 'rank=[[{"x":1}]]', ['[{"x":1}]']],
])("the values %j are %s", (values, text, read) => {
  const words = startWords({ ...ORDER, grid: [{ name: "rank", values }] });
  expect(argument(words, "grid")).toBe(text);
  expect(readGrid(argument(words, "grid"))).toEqual({ name: "rank", values: read });
});

it.each([
  [{ low: 1, high: 64, scale: "linear", numbers: "whole" }, true],
  [{ low: 0, high: 4, scale: "linear", numbers: "any" }, false],
  [{ low: 1e-7, high: 100, scale: "log", numbers: "any" }, false],
] as const)("the range %j keeps its bounds and what is drawn", (range, whole) => {
  const words = startWords({ ...ORDER, ranges: [{ name: "rate", ...range }], draws: 5 });
  const { low, high, scale } = range;
  expect(readRange(argument(words, "range"))).toEqual({ name: "rate", low, high, scale, whole });
  expect(argument(words, "random")).toBe("5");
});

it("what Slurm runs is not waited for, and a command for a terminal quotes what must be quoted", () => {
  const words = startWords({ ...ORDER, on: "slurm", jobs: 3, fixed: [{ name: "tags", value: ["a", "b"] }], seeds: 2 });
  expect(words).toEqual(["--set=tags=a,b", "--seeds=2", "--jobs=3", "--on=slurm", "--no-wait"]);
  expect(terminalCommand("my notes", "n.ts", ["--set=prompt=It's"])).toBe(
    "npx palimpsest sweep '--set=prompt=It'\\''s' -- 'my notes/n.ts'",
  );
});
