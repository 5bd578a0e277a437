/** Values as table cells and data of marks: strings, numbers, booleans or null. */
import type { Datum } from "../output.ts";

/** Dates become ISO strings. NaN and infinities become null, because JSON does not have them. Objects become JSON text. */
export function datum(value: unknown): Datum {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return Number(value);
    case "undefined":
      return null;
    case "object":
      if (value === null) return null;
      return value instanceof Date ? (Number.isNaN(value.getTime()) ? null : value.toISOString()) : json(value);
    case "function":
    case "symbol":
      return String(value);
  }
}

function json(value: object): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
