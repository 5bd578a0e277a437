/** Values as table cells and options of charts: plain data that keep their type on the way to the page. */
import type { Datum } from "../output.ts";

/** Dates, big integers, NaN and infinities are written so that JSON can carry them. Objects become JSON text. */
export function datum(value: unknown): Datum {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : { $number: notFinite(value) };
    case "bigint":
      return { $bigint: String(value) };
    case "undefined":
      return null;
    case "object":
      if (value === null) return null;
      return value instanceof Date ? date(value) : json(value);
    case "function":
    case "symbol":
      return String(value);
  }
}

function date(value: Date): Datum {
  const time = value.getTime();
  return Number.isNaN(time) ? null : { $date: time };
}

function notFinite(value: number): "NaN" | "Infinity" | "-Infinity" {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

function json(value: object): string {
  try {
    return JSON.stringify(value, (_, field) => (typeof field === "bigint" ? String(field) : field)) ?? String(value);
  } catch {
    return String(value);
  }
}
