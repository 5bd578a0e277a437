/**
 * Reads what a page sends. Nothing that comes over the wire is trusted to have its declared type: schemas check each message,
 * and an answer to an invalid one names the field and what is wrong with it.
 */
import * as v from "valibot";
import type { ClientMessage, EndOrder, NewNotebook, Request } from "../protocol.ts";
import { inputValue as anyInputValue } from "../session/schema/values.ts";
import type { RunOrder } from "../values.ts";

export type Reading =
  | { readonly kind: "message"; readonly message: ClientMessage }
  /** `id` is undefined if even that could not be read, so that the request cannot be answered. */
  | { readonly kind: "invalid"; readonly id: number | undefined; readonly reason: string };

const text = v.string("must be a string");
const boolean = v.boolean("must be true or false");
const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
);
const cell = text;
/** The cell before it; null for the beginning of the notebook. */
const after = v.nullable(v.string("must be a cell or null"));
const kind = v.picklist(["code", "markdown"], 'must be "code" or "markdown"');
const mode = v.picklist(["auto", "manual", "once"], 'must be "auto", "manual" or "once"');

/** Whether a value suits its input is for the session to decide. */
const inputValue = v.message(
  anyInputValue,
  "must be a number, a string, true or false, a list of strings, or a list of rows",
);

const order = v.variant(
  "type",
  [
    object({ type: v.picklist(["pause", "resume", "stop"]) }),
    object({ type: v.literal("checkpoint") }),
    object({ type: v.literal("step"), steps: v.pipe(count, v.minValue(1, "must be at least 1")) }),
    object({ type: v.literal("rewind"), to: count }),
    object({ type: v.literal("fork"), at: count, knobs: v.record(v.string(), inputValue, "must be an object") }),
  ],
  ({ expected }) =>
    `must be ${expected === "Object" ? "an object" : expected.replace(/[()]/g, "").replace(/ \| /g, ", ")}`,
) satisfies v.GenericSchema<unknown, RunOrder>;

const requests = {
  edit: object({ type: v.literal("edit"), cell, source: text, by: text }),
  insert: object({ type: v.literal("insert"), after, kind, source: v.exactOptional(text) }),
  remove: object({ type: v.literal("remove"), cell }),
  "put-back": object({
    type: v.literal("put-back"),
    cell: object({ id: text, kind, source: text, mode, options: v.record(v.string(), text, "must be an object") }),
    after,
  }),
  move: object({ type: v.literal("move"), cell, after }),
  rename: object({ type: v.literal("rename"), cell, to: text }),
  mode: object({ type: v.literal("mode"), cell, mode }),
  flag: object({
    type: v.literal("flag"),
    cell,
    flag: v.picklist(["cache", "disabled"], 'must be "cache" or "disabled"'),
    on: boolean,
  }),
  settings: object({
    type: v.literal("settings"),
    lazy: v.exactOptional(boolean),
    ask: v.exactOptional(v.union([v.number(), v.literal("never")], 'must be a number or "never"')),
  }),
  decide: object({ type: v.literal("decide"), accept: boolean }),
  answer: object({ type: v.literal("answer"), run: boolean }),
  run: object({
    type: v.literal("run"),
    cells: v.union([v.picklist(["all", "stale"]), v.array(cell)], 'must be "all", "stale" or a list of cells'),
  }),
  stop: object({ type: v.literal("stop"), cell: v.exactOptional(cell) }),
  input: object({ type: v.literal("input"), cell, name: text, value: inputValue }),
  steer: object({ type: v.literal("steer"), run: text, order }),
  "save-file": object({ type: v.literal("save-file") }),
  "restart-kernel": object({ type: v.literal("restart-kernel") }),
} satisfies { [T in Request["type"]]: v.GenericSchema<unknown, Extract<Request, { type: T }>> };

const envelope = object({
  id: v.number("must be a number"),
  request: v.looseObject({ type: text }, missingOr("an object")),
});
const newNotebook = object({ path: text, from: v.exactOptional(text) }) satisfies v.GenericSchema<unknown, NewNotebook>;

const endOrder = object({
  notebook: text,
  end: v.picklist(["kernel", "session"], 'must be "kernel" or "session"'),
  training: v.picklist(["keep", "interrupt"], 'must be "keep" or "interrupt"'),
}) satisfies v.GenericSchema<unknown, EndOrder>;

export function readMessage(json: string): Reading {
  const received = parsed(json);
  if (received === undefined) return { kind: "invalid", id: undefined, reason: "Invalid message: it is not JSON." };
  const outer = v.safeParse(envelope, received);
  if (!outer.success) return { kind: "invalid", id: undefined, reason: `Invalid message: ${faultOf(outer.issues)}.` };
  const { id, request } = outer.output;
  if (!isType(request.type)) {
    return {
      kind: "invalid",
      id,
      reason: `Invalid message: there is no request of the type "${request.type.slice(0, 40)}".`,
    };
  }
  const inner = v.safeParse<v.GenericSchema<unknown, Request>>(requests[request.type], request);
  if (inner.success) return { kind: "message", message: { id, request: inner.output } };
  return { kind: "invalid", id, reason: `Invalid request "${request.type}": ${faultOf(inner.issues)}.` };
}

/** @returns the request for a new notebook, or what is wrong with it as text */
export function readNewNotebook(body: unknown): NewNotebook | string {
  const { success, output, issues } = v.safeParse(newNotebook, body);
  return success ? output : faultOf(issues);
}

/** @returns the order to end a kernel or a session, or what is wrong with it as text */
export function readEndOrder(body: unknown): EndOrder | string {
  const { success, output, issues } = v.safeParse(endOrder, body);
  return success ? output : faultOf(issues);
}

function isType(word: string): word is Request["type"] {
  return Object.hasOwn(requests, word);
}

function object<const E extends v.ObjectEntries>(entries: E) {
  return v.object(entries, missingOr("an object"));
}

/** valibot reports a missing key and a value of another type with the same message. */
function missingOr(what: string): (issue: v.BaseIssue<unknown>) => string {
  return ({ kind, input }) => (kind === "schema" && input === undefined ? "is missing" : `must be ${what}`);
}

/** The first fault, such as `"cell" must be a string`. */
function faultOf([{ path, message }]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  return path ? `"${path.map(({ key }) => String(key)).join(".")}" ${message}` : `it ${message}`;
}

/** @returns undefined, which JSON cannot express, if it is not valid */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
