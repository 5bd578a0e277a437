/**
 * Which values an input accepts. Page, server and kernel use the same rules; otherwise a slider could show another value
 * than the one that the code computes with.
 */
import type { InputSpec, InputValue, TableRow } from "../values.ts";

/** @returns the rule that the value breaks ("it must be at least 1"); undefined if the input accepts it */
export function unsuited(spec: InputSpec, value: InputValue): string | undefined {
  switch (spec.kind) {
    case "range":
    case "number": {
      if (typeof value !== "number" || !Number.isFinite(value)) return "it must be a number";
      const { min, max } = spec;
      if (min !== undefined && value < min) return `it must be at least ${min}`;
      if (max !== undefined && value > max) return `it must be at most ${max}`;
      return undefined;
    }
    case "choice":
      return typeof value === "string" && spec.options.includes(value)
        ? undefined
        : `it must be one of ${spec.options.join(", ")}`;
    case "many":
      return Array.isArray(value) && value.every((each) => spec.options.includes(each))
        ? undefined
        : `it must be a list with items from ${spec.options.join(", ")}`;
    case "text":
    case "textarea":
      return typeof value === "string" ? undefined : "it must be a text";
    case "file":
      return typeof value === "string" ? undefined : "it must be the path of a file";
    case "toggle":
      return typeof value === "boolean" ? undefined : "it must be true or false";
    case "button":
      return Number.isInteger(value) ? undefined : "it must be a whole number: how often it was pressed";
    case "table": {
      const columns = spec.columns.map(({ name, kind }) => `${name} (${kind})`).join(", ");
      return isTable(value) && value.every((row) => spec.columns.every(({ name, kind }) => typeof row[name] === kind))
        ? undefined
        : `it must be a list of rows with the columns ${columns}`;
    }
  }
}

/** The value if the input accepts it; a number outside of the range is moved to the nearest bound; anything else becomes the default. */
export function fitted(spec: InputSpec, value: InputValue): InputValue {
  if (unsuited(spec, value) === undefined) return value;
  const numeric = spec.kind === "range" || spec.kind === "number";
  if (!numeric || typeof value !== "number" || !Number.isFinite(value)) return spec.value;
  return Math.min(spec.max ?? Number.POSITIVE_INFINITY, Math.max(spec.min ?? Number.NEGATIVE_INFINITY, value));
}

/** Compares lists by their items. */
export function sameValue(a: InputValue | undefined, b: InputValue | undefined): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

/** Reads a value from text: from the command line or from a form. @returns undefined if the text is not a value of this kind */
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
