/** What a user chooses in the dialog becomes the order that it seems to be, and what is not valid says why. */
import { expect, it } from "vitest";
import type { SessionState } from "../../../server/state/state.ts";
import type { InputSpec, InputValue } from "../../../server/values.ts";
import { type Choice, costText, type Knob, readForm, type SweepForm } from "../../../ui/notebook/sweep-choices.ts";
import { Stage } from "../../server/state/stage.ts";

const FORM: SweepForm = { choices: {}, draws: "8", seeds: "1", jobs: "2", on: "local" };
const knob = (name: string, spec: InputSpec, value: InputValue = spec.value): Knob => ({
  name,
  kind: spec.kind,
  declared: { spec, value },
});
const RANK = knob("rank", { kind: "range", label: "rank", value: 2, min: 1, max: 64, step: 1 });
const RATE = knob("rate", { kind: "number", label: "rate", value: 0.1 });
const TONE = knob("tone", { kind: "choice", label: "tone", value: "plain", options: ["plain", "warm"] });
const NOTE = knob("note", { kind: "text", label: "note", value: "" });
const read = (choices: Record<string, Choice>, knobs: readonly Knob[] = [RANK, RATE, TONE, NOTE]) =>
  readForm("n.ts", knobs, { ...FORM, choices });

it("multiplies values, draws and seeds, and sends what the page has changed for the others", () => {
  const changed = knob("rate", { kind: "number", label: "rate", value: 0.1 }, 0.5);
  const form = { ...FORM, seeds: "3", choices: { rank: lines("2, 8 32"), tone: ticked("plain", "warm") } };
  expect(readForm("n.ts", [RANK, changed, TONE, NOTE], form)).toEqual({
    faults: {},
    entries: 18,
    order: {
      ...{ notebook: "n.ts", ranges: [], draws: 1, seeds: 3, jobs: 2, on: "local" },
      grid: [
        { name: "rank", values: [2, 8, 32] },
        { name: "tone", values: ["plain", "warm"] },
      ],
      fixed: [{ name: "rate", value: 0.5 }],
    },
  });
  expect(read({ rank: range("1", "64"), rate: range("1e-4", "1e-2", "log") })).toMatchObject({
    entries: 8,
    order: {
      draws: 8,
      ranges: [
        { name: "rank", low: 1, high: 64, scale: "linear", numbers: "whole" },
        { name: "rate", low: 1e-4, high: 1e-2, scale: "log", numbers: "any" },
      ],
    },
  });
  expect(read({ rate: range("0.0", "4") }).order?.ranges[0]).toMatchObject({ numbers: "any" });
  expect(read({ tone: ticked() }).order?.grid).toEqual([]);
  expect(read({ note: lines("Dear all, hello\n\nHi") }).order?.grid[0]?.values).toEqual(["Dear all, hello", "Hi"]);
});

it.each([
  ["rank", lines("2, 99"), "99: it must be at most 64."],
  ["rank", lines("2, x"), '"x" is not a number.'],
  ["rank", lines("2, 2.0"), "2.0 is given twice."],
  ["rank", lines("  "), "Give at least one value."],
  ["rank", range("1", "99"), "It must be at most 64."],
  ["rank", range("9", "2"), "The first number must be below the second one."],
  ["rank", range("", "2"), "Give two numbers."],
  ["rate", range("0", "1", "log"), "On a logarithmic scale, both numbers must be above 0."],
])("%s with %j: %s", (name, choice, fault) => {
  expect(read({ [name]: choice })).toEqual({ faults: { [name]: fault } });
});

it("refuses numbers of seeds that are none, and more entries than a sweep can have", () => {
  for (const seeds of ["0", "1.5", "", "x", "-1"])
    expect(readForm("n.ts", [], { ...FORM, seeds }).faults).toHaveProperty("seeds");
  const many = { ...FORM, seeds: "9000", choices: { rank: lines("1 2") } };
  expect(readForm("n.ts", [RANK], many).faults).toEqual({
    entries: "These are 18000 entries; at most 10000 are possible.",
  });
});

it("knows an input that has not run by its kind alone", () => {
  const unrun: Knob = { name: "rank", kind: "range" };
  expect(read({ rank: lines("2 999") }, [unrun]).order?.grid).toEqual([{ name: "rank", values: [2, 999] }]);
  expect(read({ rank: lines("two") }, [unrun]).faults).toEqual({ rank: '"two" is not a number.' });
});

it("expects as long as the last run of the cells took, shared by what runs at once", () => {
  expect(costText(stateWith([undefined, undefined]), 4, 2)).toMatch(/is not known before the notebook has run/);
  expect(costText(stateWith([30, 90]), 4, 2)).toBe(
    "By the last run of its cells, an entry takes about 2 min, and all of them about 4 min.",
  );
  expect(costText(stateWith([120, undefined]), 3, 2)).toContain("at least 2 min, and all of them at least 4 min");
  expect(costText(stateWith([60]), 1, 8)).toContain("an entry takes about 60 s, and all of them about 60 s");
});

/** A notebook whose cells took these seconds when they ran last. */
function stateWith(seconds: readonly (number | undefined)[]): SessionState {
  const { state } = new Stage(seconds.map((_, at) => `// %% c${at}\nconst v${at} = ${at};\n`).join(""));
  const cells = state.cells.map((cell, at) => {
    const took = seconds[at];
    return took === undefined ? cell : { ...cell, cost: { seconds: took, bytes: 0 } };
  });
  return { ...state, cells };
}
function lines(text: string): Choice {
  return { kind: "lines", text };
}
function ticked(...values: readonly string[]): Choice {
  return { kind: "ticked", values };
}
function range(low: string, high: string, scale: "linear" | "log" = "linear"): Choice {
  return { kind: "range", low, high, scale };
}
