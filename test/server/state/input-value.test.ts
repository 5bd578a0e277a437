/** Page, server, kernel and command line agree on what suits a control. */
import { expect, test } from "vitest";
import { fitted, readValue, sameValue, unsuited } from "../../../server/state/input-value.ts";
import type { InputSpec } from "../../../server/values.ts";

const many: InputSpec = { kind: "many", label: "Tasks", options: ["chat", "refuse", "list"], value: [] };
const table: InputSpec = {
  kind: "table",
  label: "Mixture",
  columns: [
    { name: "task", kind: "string" },
    { name: "share", kind: "number" },
  ],
  value: [{ task: "chat", share: 1 }],
};

test("what is typed for a control reads as its value", () => {
  expect(readValue("many", "chat, list")).toEqual(["chat", "list"]);
  expect(readValue("many", "")).toEqual([]);
  expect(readValue("table", '[{"task": "list", "share": 2}]')).toEqual([{ task: "list", share: 2 }]);
  expect(readValue("table", "[1]")).toBeUndefined();
  expect(readValue("table", "{")).toBeUndefined();
  expect(readValue("textarea", "two\nlines")).toBe("two\nlines");
  expect(readValue("button", "3")).toBe(3);
  expect(readValue("button", "often")).toBeUndefined();
});

test("what does not suit is named, and gives way to the default", () => {
  expect(unsuited(many, ["list", "chat"])).toBeUndefined();
  expect(unsuited(many, ["sing"])).toBe("it takes a list of chat, refuse, list");
  expect(unsuited(table, [{ task: "chat", share: "much" }])).toBe(
    "it takes a list of rows with task (string), share (number)",
  );
  expect(fitted(table, [{ task: "chat" }] as never)).toBe(table.value);
  expect(fitted(many, ["refuse"])).toEqual(["refuse"]);
});

test("lists are the same value when they hold the same", () => {
  expect(sameValue(["chat"], ["chat"])).toBe(true);
  expect(sameValue(["chat"], [])).toBe(false);
  expect(sameValue([{ task: "a", share: 1 }], [{ task: "a", share: 1 }])).toBe(true);
  expect(sameValue(1, "1")).toBe(false);
});
