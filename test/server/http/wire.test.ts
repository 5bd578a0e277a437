import { describe, expect, it } from "vitest";
import { type Reading, readMessage, readNewNotebook } from "../../../server/http/wire.ts";
import type { Request } from "../../../server/protocol.ts";

const read = (request: unknown): Reading => readMessage(JSON.stringify({ id: 7, request }));
const reason = (reading: Reading): string | undefined => (reading.kind === "invalid" ? reading.reason : undefined);

const requests: readonly Request[] = [
  { type: "edit", cell: "a", source: "1", by: "page" },
  { type: "insert", after: null, kind: "code" },
  { type: "insert", after: "a", kind: "markdown", source: "# A" },
  { type: "remove", cell: "a" },
  { type: "put-back", cell: { id: "a", kind: "code", source: "1", mode: "once", options: { x: "1" } }, after: null },
  { type: "move", cell: "a", after: "b" },
  { type: "rename", cell: "a", to: "b" },
  { type: "mode", cell: "a", mode: "manual" },
  { type: "flag", cell: "a", flag: "disabled", on: true },
  { type: "settings" },
  { type: "settings", lazy: false, ask: "never" },
  { type: "answer", run: false },
  { type: "run", cells: "stale" },
  { type: "run", cells: ["a", "b"] },
  { type: "stop" },
  { type: "stop", cell: "a" },
  ...[1.5, "text", true, [], ["a"], [{ text: "a", weight: 1, used: false }]].map(
    (value): Request => ({ type: "input", cell: "a", name: "n", value }),
  ),
  { type: "steer", run: "r", order: { type: "resume" } },
  { type: "steer", run: "r", order: { type: "checkpoint" } },
  { type: "steer", run: "r", order: { type: "step", steps: 1 } },
  { type: "steer", run: "r", order: { type: "rewind", to: 0 } },
  { type: "steer", run: "r", order: { type: "fork", at: 3, knobs: { weight: 0.5, name: "x" } } },
  { type: "restart-kernel" },
];

describe("a message of a page", () => {
  it.each(requests)("%j is read as it is", (request) => {
    expect(read(request)).toEqual({ kind: "message", message: { id: 7, request } });
  });

  it("loses fields that its type does not have", () => {
    expect(read({ type: "remove", cell: "a", all: true })).toEqual(read({ type: "remove", cell: "a" }));
  });

  it.each([
    ["{", "Invalid message: it is not JSON."],
    ["[]", 'Invalid message: "id" is missing.'],
    ["3", "Invalid message: it must be an object."],
    ['{"id":"7","request":{"type":"stop"}}', 'Invalid message: "id" must be a number.'],
    ['{"id":7}', 'Invalid message: "request" is missing.'],
    ['{"id":7,"request":{"type":3}}', 'Invalid message: "request.type" must be a string.'],
  ])("%s cannot be answered: %s", (text, message) => {
    expect(readMessage(text)).toEqual({ kind: "invalid", id: undefined, reason: message });
  });

  it.each([
    [{ type: "toString" }, 'Invalid message: there is no request of the type "toString".'],
    [{ type: "edit", cell: 3 }, 'Invalid request "edit": "cell" must be a string.'],
    [{ type: "edit", cell: "a" }, 'Invalid request "edit": "source" is missing.'],
    [{ type: "insert", after: 4 }, 'Invalid request "insert": "after" must be a cell or null.'],
    [{ type: "insert", after: null, kind: "code", source: 1 }, 'Invalid request "insert": "source" must be a string.'],
    [{ type: "mode", cell: "a", mode: "x" }, 'Invalid request "mode": "mode" must be "auto", "manual" or "once".'],
    [
      { type: "put-back", cell: { id: "a", kind: "code", source: "", mode: "auto", options: { x: 1 } }, after: null },
      'Invalid request "put-back": "cell.options.x" must be a string.',
    ],
    [{ type: "settings", ask: true }, 'Invalid request "settings": "ask" must be a number or "never".'],
    [{ type: "run", cells: "some" }, 'Invalid request "run": "cells" must be "all", "stale" or a list of cells.'],
    [{ type: "input", cell: "a", name: "n", value: null }, /"value" must be a number, a string, true or false, a list/],
    [{ type: "steer", run: "r" }, 'Invalid request "steer": "order" is missing.'],
    [{ type: "steer", run: "r", order: 7 }, 'Invalid request "steer": "order" must be an object.'],
    [{ type: "steer", run: "r", order: { type: "dance" } }, /"order.type" must be "pause", "resume", .*"fork"\./],
    [{ type: "steer", run: "r", order: { type: "step", steps: 0 } }, /"order.steps" must be at least 1/],
    [{ type: "steer", run: "r", order: { type: "rewind", to: -1 } }, /"order.to" must not be negative/],
    [{ type: "steer", run: "r", order: { type: "rewind", to: 0.5 } }, /"order.to" must be a whole number/],
  ])("%j is refused with the field and its fault", (request, message) => {
    const reading = read(request);
    expect(reading).toMatchObject({ kind: "invalid", id: 7 });
    expect(reason(reading)).toMatch(message);
  });
});

it("the body of a request for a new notebook is read, or its fault is named", () => {
  expect(readNewNotebook({ path: "a", from: "b", more: 1 })).toEqual({ path: "a", from: "b" });
  expect(readNewNotebook({ path: "a" })).toEqual({ path: "a" });
  expect(readNewNotebook(undefined)).toBe("it is missing");
  expect(readNewNotebook("x")).toBe("it must be an object");
  expect(readNewNotebook({ path: 3 })).toBe('"path" must be a string');
});
