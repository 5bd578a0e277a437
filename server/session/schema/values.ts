/**
 * Schemas of the values that a kernel or a file can give: outputs, inputs, rows, results. User code shares the kernel's
 * process and can send anything, so nothing from there is trusted to have the shape that its type says.
 *
 * Long lists (rows, columns of a chart, cells of a table) are checked by one plain loop each: a schema object per number
 * would cost more than everything else that an event needs.
 */
import * as v from "valibot";
import type {
  Columns,
  Datum,
  InputSpec,
  InputValue,
  Inspected,
  Output,
  PlotOptions,
  ProbeRow,
  Result,
  Row,
  RunChange,
  RunCheckpoint,
  RunOrder,
  Special,
  TableRow,
} from "../../values.ts";

/** A name that records are keyed by. */
export const name = v.pipe(
  v.string(),
  v.check((text) => text !== "__proto__", "must not be __proto__"),
);
/** The name of a file or folder: nothing that could lead elsewhere, on any system. */
export const fileName = v.pipe(name, v.regex(/^(?!\.{1,2}$)[^/\\:\0]+$/, "must be the name of a folder"));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPlain = (value: unknown): value is number | string | boolean =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean";
const isSpecial = (value: unknown): value is Special => {
  if (!isObject(value)) return false;
  const [field, ...others] = Object.keys(value);
  if (field === undefined || others.length > 0) return false;
  const content = value[field];
  if (field === "$date") return typeof content === "number";
  if (field === "$number") return content === "NaN" || content === "Infinity" || content === "-Infinity";
  return field === "$bigint" && isText(content) && /^-?\d+$/.test(content);
};
const isDatum = (value: unknown): value is Datum => value === null || isPlain(value) || isSpecial(value);
const isEvery = <T>(value: unknown, check: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(check);
const isFields = <T>(value: unknown, check: (field: unknown) => field is T): value is Readonly<Record<string, T>> => {
  if (!isObject(value)) return false;
  for (const field in value) if (!check(value[field])) return false;
  return true;
};

/** JSON has no NaN: it arrives as null. */
const isFigure = (value: unknown): value is number => typeof value === "number" || value === null;
const isRow = (value: unknown): value is Row =>
  isFields(value, isFigure) && typeof value.step === "number" && "loss" in value;
const isProbeRow = (value: unknown): value is ProbeRow => isFields(value, isFigure) && typeof value.step === "number";
const isText = (value: unknown): value is string => typeof value === "string";

export const rows = v.custom<readonly Row[]>(
  (value) => isEvery(value, isRow),
  "must be a list of rows: objects of numbers with a step and a loss",
);
export const probeRows = v.custom<readonly ProbeRow[]>(
  (value) => isEvery(value, isProbeRow),
  "must be a list of rows: objects of numbers with a step",
);
const columns = v.custom<Columns>(
  (value) => isFields(value, (column): column is readonly Datum[] => isEvery(column, isDatum)),
  "must be columns: lists of strings, numbers, booleans, null, dates and big integers",
);
const cells = v.custom<readonly (readonly Datum[])[]>(
  (value) => isEvery(value, (row): row is readonly Datum[] => isEvery(row, isDatum)),
  "must be a list of rows: lists of strings, numbers, booleans, null, dates and big integers",
);
/** It came as JSON, so it can hold nothing but JSON. */
const plotOptions = v.custom<PlotOptions>(isObject, "must be an object");

const isInspected = (value: unknown): value is Inspected => {
  if (!isObject(value)) return false;
  switch (value.kind) {
    case "primitive":
      return isText(value.text) && isText(value.type);
    case "list":
      return isText(value.name) && typeof value.length === "number" && isEvery(value.items, isInspected);
    case "record":
      return isText(value.name) && typeof value.size === "number" && isEvery(value.entries, isEntry);
    case "function":
      return isText(value.name);
    case "opaque":
      return isText(value.text);
    default:
      return false;
  }
};
const isEntry = (value: unknown): value is readonly [string, Inspected] =>
  Array.isArray(value) && value.length === 2 && isText(value[0]) && isInspected(value[1]);

const markData = v.variant("kind", [
  v.object({ kind: v.literal("columns"), columns, length: count, total: v.optional(count) }),
  v.object({ kind: v.literal("live"), table: v.picklist(["rows", "probes"]), runs: v.array(name) }),
]);

const outputs = [
  v.object({ kind: v.literal("value"), value: v.custom<Inspected>(isInspected, "must be an inspected value") }),
  v.object({ kind: v.literal("text"), text: v.string() }),
  v.object({ kind: v.literal("markdown"), text: v.string() }),
  v.object({ kind: v.literal("table"), columns: v.array(v.string()), rows: cells, total: count }),
  v.object({ kind: v.literal("image"), mime: v.string(), base64: v.string() }),
  v.object({ kind: v.literal("html"), html: v.string() }),
  v.object({
    kind: v.literal("plot"),
    spec: v.object({
      options: plotOptions,
      marks: v.array(
        v.object({
          mark: v.string(),
          data: v.nullable(markData),
          options: plotOptions,
          notes: v.optional(v.array(v.string())),
        }),
      ),
    }),
  }),
  v.object({ kind: v.literal("run"), run: name }),
] as const;
/** An output of a kernel. */
export const output: v.GenericSchema<unknown, Output> = v.variant("kind", outputs);
/** An output of a log, where large ones are stored beside it. */
export const shownOutput: v.GenericSchema<unknown, Output> = v.variant("kind", [
  ...outputs,
  v.object({
    kind: v.literal("blob"),
    hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    bytes: count,
    shows: v.picklist(["value", "text", "markdown", "table", "image", "html", "plot", "run"]),
    runs: v.array(name),
  }),
]);

const tableRow = v.custom<TableRow>(
  (value) => isFields(value, isPlain),
  "must be an object of numbers, strings and booleans",
);
export const inputValue: v.GenericSchema<unknown, InputValue> = v.union([
  v.number(),
  v.string(),
  v.boolean(),
  v.array(v.string()),
  v.array(tableRow),
]);
export const inputValues = v.record(v.string(), inputValue);

const label = v.string();
const figure = v.number();
export const inputSpec: v.GenericSchema<unknown, InputSpec> = v.variant("kind", [
  v.object({ kind: v.literal("range"), label, value: figure, min: figure, max: figure, step: figure }),
  v.object({
    kind: v.literal("number"),
    label,
    value: figure,
    min: v.optional(figure),
    max: v.optional(figure),
    step: v.optional(figure),
  }),
  v.object({ kind: v.literal("choice"), label, value: v.string(), options: v.array(v.string()) }),
  v.object({ kind: v.literal("text"), label, value: v.string(), placeholder: v.optional(v.string()) }),
  v.object({
    kind: v.literal("textarea"),
    label,
    value: v.string(),
    rows: figure,
    placeholder: v.optional(v.string()),
  }),
  v.object({ kind: v.literal("toggle"), label, value: v.boolean() }),
  v.object({ kind: v.literal("many"), label, value: v.array(v.string()), options: v.array(v.string()) }),
  v.object({ kind: v.literal("button"), label, value: figure }),
  v.object({ kind: v.literal("file"), label, value: v.string(), accept: v.optional(v.string()) }),
  v.object({
    kind: v.literal("table"),
    label,
    value: v.array(tableRow),
    columns: v.array(v.object({ name: v.string(), kind: v.picklist(["number", "string", "boolean"]) })),
  }),
]);

export const result = v.custom<Result>(
  (value) =>
    isFields(value, (field): field is string | number => isText(field) || isFigure(field)) && isText(value.method),
  "must be an object of numbers and strings with a method",
);

const step = count;
const knobs = inputValues;
export const runChange: v.GenericSchema<unknown, RunChange> = v.variant("kind", [
  v.object({ kind: v.literal("knob"), step, name: v.string(), value: inputValue }),
  v.object({ kind: v.picklist(["pause", "resume"]), step }),
  v.object({ kind: v.literal("stop"), step, rule: v.optional(v.string()) }),
  v.object({ kind: v.picklist(["rewind", "restart"]), step, to: count }),
  v.object({ kind: v.literal("fork"), step, parent: v.string() }),
  v.object({ kind: v.literal("alert"), step, name: v.string(), message: v.string() }),
]);
export const backwards: v.GenericSchema<
  unknown,
  Extract<RunChange, { readonly kind: "rewind" | "restart" }>
> = v.variant("kind", [
  v.object({ kind: v.literal("rewind"), step, to: count }),
  v.object({ kind: v.literal("restart"), step, to: count }),
]);

export const runOrder: v.GenericSchema<unknown, RunOrder> = v.variant("type", [
  v.object({ type: v.picklist(["pause", "resume", "stop", "checkpoint"]) }),
  v.object({ type: v.literal("step"), steps: v.pipe(count, v.minValue(1)) }),
  v.object({ type: v.literal("rewind"), to: count }),
  v.object({ type: v.literal("fork"), at: count, knobs }),
]);

export const checkpoint: v.GenericSchema<unknown, RunCheckpoint> = v.object({
  step,
  marked: v.boolean(),
  best: v.optional(v.literal(true)),
});
