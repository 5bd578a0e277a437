import { expect, it } from "vitest";
import { withLines } from "../../../server/state/console-lines.ts";

it("a line that has not ended is replaced by the next one, across batches", () => {
  const first = withLines(
    [],
    [
      { level: "log", text: "a" },
      { level: "log", text: "1%", open: true },
    ],
  );
  const second = withLines(first, [
    { level: "log", text: "2%", open: true },
    { level: "log", text: "done" },
    { level: "log", text: "b" },
  ]);
  expect(second.map(({ text }) => text)).toEqual(["a", "done", "b"]);
  expect(first).toHaveLength(2);
});
