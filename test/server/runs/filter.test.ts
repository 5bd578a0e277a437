import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readFilter } from "../../../server/runs/filter.ts";
import type { RunSummary } from "../../../server/runs/types.ts";
import { anyRun, run } from "./any-run.ts";

function matches(text: string, given: RunSummary = run()): boolean {
  const read = readFilter(text);
  if ("fault" in read) throw new Error(read.fault);
  return read.filter(given);
}

const marked = run({ note: "The good one", tags: ["paper", "Velan"], pinned: true });

test.each([
  ["", true],
  ["radis", true],
  ["RADIS", true],
  ["vanilla", false],
  ["radis vanilla", false],
  ["-vanilla", true],
  ["/^20261129-1[0-2]/", true],
  ["/RADIS/", false],
  ["/RADIS/i", true],
  ["-/radis/", false],
  ["status:done", true],
  ["status:failed,done", true],
  ["status:do", false],
  ["notebook:radis.ts", true],
  ["notebook:other", false],
  ["method:rad", true],
  ["loss<0.8", true],
  ["loss<0.75", false],
  ["loss<=0.75", true],
  ["loss>0.5 loss<1", true],
  ["loss>1", false],
  ["rank=16", true],
  ["rank!=16", false],
  ["rank=8", false],
  ["prompts=Note:", true],
  ["general>=0.75", true],
  ["nothing>0", false],
  ["nothing!=0", true],
  ["steps=300 seed=1", true],
  ["settings.rank=16 losses.loss<1 probes.refusal>0.8", true],
  ['"radis ab"', false],
  ["is:pinned", false],
  ["tag:paper", false],
])("%s → %s", (text, expected) => {
  expect(matches(text)).toBe(expected);
});

test.each([
  ["is:pinned", true],
  ["tag:velan", true],
  ["tag:pap", false],
  ['"good one"', true],
  ["-is:pinned", false],
])("of a run with a note and tags: %s → %s", (text, expected) => {
  expect(matches(text, marked)).toBe(expected);
});

it("takes names with spaces in quotation marks", () => {
  const given = run({ probes: { "chrf English→Velan": 0.4 } });
  expect(matches('"chrf English→Velan">0.3', given)).toBe(true);
  expect(matches('"chrf English→Velan">0.5', given)).toBe(false);
});

describe("says what is wrong with", () => {
  test.each([
    ["/(/", /nterminated|parenthes/],
    ["loss<", /needs a value, such as loss<0.5/],
    ["status:", /needs a value/],
    ['"open', /quotation mark/],
  ])("%s", (text, fault) => {
    const read = readFilter(text);
    expect("fault" in read && read.fault).toMatch(fault);
  });
});

it("never throws, and a negated word is true of exactly the other runs", () => {
  fc.assert(
    fc.property(fc.string(), anyRun, (text, given) => {
      const read = readFilter(text);
      if (!("fault" in read)) expect(typeof read.filter(given)).toBe("boolean");
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom("rank=8", "radis", "loss<3", "/van/", "is:pinned"), anyRun, (word, given) => {
      expect(matches(`-${word}`, given)).toBe(!matches(word, given));
    }),
  );
});
