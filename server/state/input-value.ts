/**
 * Whether a value suits an input's specification. Page, server and kernel must agree on this, or a slider would show
 * what the code does not compute with.
 */
import type { InputSpec, InputValue, TableRow } from "../values.ts";

/** @returns why the value does not suit, in words; undefined when it does. */
export function unsuited(spec: InputSpec, value: InputValue): string | undefined {
  switch (spec.kind) {
    case "range":
    case "number": {
      if (typeof value !== "number" || !Number.isFinite(value)) return "it takes a number";
      const { min, max } = spec;
      if (min !== undefined && value < min) return `it takes no less than ${min}`;
      if (max !== undefined && value > max) return `it takes no more than ${max}`;
      return undefined;
    }
    case "choice":
      return typeof value === "string" && spec.options.includes(value)
        ? undefined
        : `it takes one of ${spec.options.join(", ")}`;
    case "many":
      return Array.isArray(value) && value.every((each) => spec.options.includes(each))
        ? undefined
        : `it takes a list of ${spec.options.join(", ")}`;
    case "text":
    case "textarea":
      return typeof value === "string" ? undefined : "it takes text";
    case "file":
      return typeof value === "string" ? undefined : "it takes the path of a file";
    case "toggle":
      return typeof value === "boolean" ? undefined : "it takes true or false";
    case "button":
      return Number.isInteger(value) ? undefined : "it takes how often it was pressed";
    case "table": {
      const columns = spec.columns.map(({ name, kind }) => `${name} (${kind})`).join(", ");
      return isTable(value) && value.every((row) => spec.columns.every(({ name, kind }) => typeof row[name] === kind))
        ? undefined
        : `it takes a list of rows with ${columns}`;
    }
  }
}

/** The value itself where it suits, a number brought between its bounds, else the default. */
export function fitted(spec: InputSpec, value: InputValue): InputValue {
  if (unsuited(spec, value) === undefined) return value;
  const numeric = spec.kind === "range" || spec.kind === "number";
  if (!numeric || typeof value !== "number" || !Number.isFinite(value)) return spec.value;
  return Math.min(spec.max ?? Number.POSITIVE_INFINITY, Math.max(spec.min ?? Number.NEGATIVE_INFINITY, value));
}

/** Lists count by what is in them. */
export function sameValue(a: InputValue | undefined, b: InputValue | undefined): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

/** Reads what a person typed for an input. @returns undefined when the text does not read as such a value. */
export function readValue(kind: InputSpec["kind"], text: string): InputValue | undefined {
  switch (kind) {
    case "range":
    case "number":
    case "button":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "toggle":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "many":
      return text.split(",").flatMap((each) => each.trim() || []);
    case "table":
      return readTable(text);
    case "choice":
    case "text":
    case "textarea":
    case "file":
      return text;
  }
}

function readTable(text: string): InputValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is readonly TableRow[] {
  return Array.isArray(value) && value.every((row) => typeof row === "object" && row !== null);
}
