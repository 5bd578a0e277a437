/** Messages that a page could send: valid ones, ones with anything in place of a part of them, and other JSON and text. */
import fc from "fast-check";
import type { Request } from "../../server/protocol.ts";
import { anything, textOf } from "./any-json.ts";

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("// %%", "<<<<<<< HEAD", "const a = 1;", "\0", "const a = ", "__proto__", "import './x.ts'"),
  fc.nat(100_000).map((length) => "x".repeat(length)),
);
const id = fc.oneof(fc.constantFrom("a", "a", "a", "b", "cell-1", "__proto__"), fc.string({ maxLength: 8 }));
const place = fc.option(id);
const kind = fc.constantFrom("code", "markdown");
const mode = fc.constantFrom("auto", "manual", "once");
const value = fc.oneof(fc.double(), text, fc.boolean(), fc.array(text, { maxLength: 3 }));
const options = fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 2 });
const order = fc.oneof(
  fc.record({ type: fc.constantFrom("pause", "resume", "stop", "checkpoint") }),
  fc.record({ type: fc.constant("rewind"), to: fc.nat() }),
  fc.record({ type: fc.constant("fork"), at: fc.nat(), knobs: fc.dictionary(fc.string({ maxLength: 5 }), value) }),
  fc.record({ type: fc.constant("step"), steps: fc.integer({ min: 1 }) }),
);

/** Cells run elsewhere: here every run names a cell that does not exist, so that no random code runs. */
const fields: { readonly [T in Exclude<Request["type"], "restart-kernel">]: Record<string, fc.Arbitrary<unknown>> } = {
  edit: { cell: id, source: text, by: text },
  insert: { after: place, kind, source: text },
  remove: { cell: id },
  "put-back": { cell: fc.record({ id, kind, source: text, mode, options }), after: place },
  move: { cell: id, after: place },
  rename: { cell: id, to: id },
  mode: { cell: id, mode },
  flag: { cell: id, flag: fc.constantFrom("cache", "disabled"), on: fc.boolean() },
  settings: { lazy: fc.boolean(), ask: fc.oneof(fc.double(), fc.constant("never")) },
  decide: { accept: fc.boolean() },
  answer: { run: fc.boolean() },
  run: { cells: fc.constant(["none"]) },
  stop: { cell: id },
  input: { cell: id, name: text, value },
  steer: { run: id, order },
  "save-file": {},
};
const valid = fc.oneof(
  ...Object.entries(fields).map(([type, parts]) => fc.record({ type: fc.constant<unknown>(type), ...parts })),
);
/** One field, the type included, is replaced or added. */
const damaged = fc
  .tuple(valid, fc.nat(), fc.string({ maxLength: 5 }), anything)
  .map(([request, at, other, part]) => ({ ...request, [[...Object.keys(request), other][at % 5] ?? other]: part }));

const enveloped = (request: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.record({ id: fc.nat(), request }).map(textOf);

export const message = fc.oneof(
  { weight: 12, arbitrary: enveloped(valid) },
  { weight: 6, arbitrary: enveloped(damaged) },
  { weight: 1, arbitrary: fc.record({ id: anything, request: anything }, { requiredKeys: [] }).map(textOf) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);
