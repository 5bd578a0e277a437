import { EditorSelection, Text } from "@codemirror/state";
import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { differences, merged } from "../../../ui/session/text-merge.ts";

const text = array(constantFrom("a", "b", "const x", "\n", "\n", "  y();"), { maxLength: 14 }).map((each) =>
  each.join(""),
);
const applied = (before: string, after: string): string => differences(before, after).apply(docOf(before)).toString();
const docOf = (source: string): Text => Text.of(source.split("\n"));

test("differences turn the first text into the second", () => {
  assert(
    property(text, text, (before, after) => {
      expect(applied(before, after)).toBe(after);
    }),
  );
});

test("when only one side changed the text, the result is that side's text", () => {
  assert(
    property(text, text, (base, other) => {
      expect(merged(base, base, other).apply(docOf(base)).toString()).toBe(other);
      expect(merged(base, other, base).empty).toBe(true);
    }),
  );
});

test("changes around the cursor are merged, and the cursor stays in its word", () => {
  const base = "one\ntwo\nthree\nfour\n";
  const mine = "one\ntwo\nthree|\nfour\n";
  const changes = merged(base, mine, "zero\none\ntwo\nthree\nFOUR\n");
  expect(changes.apply(docOf(mine)).toString()).toBe("zero\none\ntwo\nthree|\nFOUR\n");
  const cursor = EditorSelection.cursor(mine.indexOf("|") + 1).map(changes);
  expect(cursor.head).toBe("zero\none\ntwo\nthree|".length);
});
