/** The values that inputs accept, for the page, the server, the kernel and the command line. */
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

test("text is read as the value of an input", () => {
  expect(readValue("many", "chat, list")).toEqual(["chat", "list"]);
  expect(readValue("many", "")).toEqual([]);
  expect(readValue("table", '[{"task": "list", "share": 2}]')).toEqual([{ task: "list", share: 2 }]);
  expect(readValue("table", "[1]")).toBeUndefined();
  expect(readValue("table", "{")).toBeUndefined();
  expect(readValue("textarea", "two\nlines")).toBe("two\nlines");
  expect(readValue("button", "3")).toBe(3);
  expect(readValue("button", "often")).toBeUndefined();
});

test("a value that an input does not accept is explained, and replaced by the default", () => {
  expect(unsuited(many, ["list", "chat"])).toBeUndefined();
  expect(unsuited(many, ["sing"])).toBe("it must be a list with items from chat, refuse, list");
  expect(unsuited(table, [{ task: "chat", share: "much" }])).toBe(
    "it must be a list of rows with the columns task (string), share (number)",
  );
  expect(fitted(table, [{ task: "chat" }] as never)).toBe(table.value);
  expect(fitted(many, ["refuse"])).toEqual(["refuse"]);
});

test("lists are equal if their items are", () => {
  expect(sameValue(["chat"], ["chat"])).toBe(true);
  expect(sameValue(["chat"], [])).toBe(false);
  expect(sameValue([{ task: "a", share: 1 }], [{ task: "a", share: 1 }])).toBe(true);
  expect(sameValue(1, "1")).toBe(false);
});
