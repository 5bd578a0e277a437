/**
 * The outputs of cells as text for a terminal, shortened: the first rows of a table, the first lines of a text, a line for a chart.
 * What a cell shows may come from a file of somebody else, so no character of it can steer the terminal.
 */
import type { CellOutputs, Datum, Inspected, Output } from "../values.ts";
import { alignedTable } from "./aligned-table.ts";
import { oneLine, plainText, shortened } from "./plain-text.ts";

/** Rows of a table, lines of a text, characters of a table's cell and of an inspected value. */
const ROWS = 10;
const LINES = 40;
const CELL = 60;
const VALUE = 600;
/** How many items of a list are shown, and how deep. */
const ITEMS = 8;
const DEPTH = 2;

/** The outputs under the names of their cells; cells without outputs are left out. @param width columns of the terminal */
export function outputText(cells: readonly CellOutputs[], width: number): string {
  return cells
    .flatMap(({ cell, outputs }) => {
      const blocks = outputs.map((output) => linesOf(output, width - 2)).filter((lines) => lines.length > 0);
      if (blocks.length === 0) return [];
      const indented = blocks.flat().map((line) => (line === "" ? "\n" : `  ${line}\n`));
      return [`${oneLine(cell)}\n${indented.join("")}\n`];
    })
    .join("");
}

/** The lines of one output; none for a run, which the summary of all runs lists. */
function linesOf(output: Output, width: number): readonly string[] {
  switch (output.kind) {
    case "value":
      return firstLines(valueText(output.value));
    case "text":
    case "markdown":
      return firstLines(output.text);
    case "table":
      return tableLines(output, width);
    case "plot":
      return [`chart: ${counted(output.spec.marks.length, "mark")}`];
    case "image":
      return [`image: ${oneLine(output.mime)}`];
    case "html":
      return [`HTML: ${counted(output.html.length, "character")}`];
    case "blob":
      return [`${output.shows}: ${counted(output.bytes, "byte")}, not available`];
    case "run":
      return [];
  }
}

function firstLines(text: string): readonly string[] {
  const lines = plainText(text).trimEnd().split("\n");
  const shown = lines.slice(0, LINES).map((line) => shortened(line, VALUE));
  return lines.length > LINES ? [...shown, `… ${counted(lines.length - LINES, "more line")}`] : shown;
}

function tableLines({ columns, rows, total }: Extract<Output, { kind: "table" }>, width: number): readonly string[] {
  if (columns.length === 0 || total === 0) return ["table: no rows"];
  const shown = rows.slice(0, ROWS);
  const texts = shown.map((row) => columns.map((_, at) => shortened(oneLine(datumText(row[at] ?? null)), CELL)));
  const names = columns.map((name) => shortened(oneLine(name), CELL));
  const numeric = columns.map((_, at) => shown.every((row) => isNumber(row[at] ?? null)));
  const table = alignedTable(names, texts, numeric, width);
  const more = [
    ...(total > shown.length ? [`… ${total - shown.length} more`] : []),
    ...(table.left > 0 ? [`… ${counted(table.left, "more column")}`] : []),
  ];
  return [...table.lines, ...more];
}

function isNumber(datum: Datum): boolean {
  if (datum === null || typeof datum === "number") return true;
  return typeof datum === "object" && !("$date" in datum);
}

function datumText(datum: Datum): string {
  if (datum === null) return "";
  if (typeof datum === "number") return Number.isInteger(datum) ? String(datum) : String(Number(datum.toPrecision(5)));
  if (typeof datum !== "object") return String(datum);
  if ("$number" in datum) return datum.$number;
  if ("$bigint" in datum) return datum.$bigint;
  const date = new Date(datum.$date);
  return Number.isNaN(date.getTime()) ? "invalid date" : date.toISOString();
}

/** A string as it is; anything else on one line. */
function valueText(value: Inspected): string {
  if (value.kind === "primitive" && value.type === "string") return value.text;
  return shortened(oneLine(summary(value, 0)), VALUE);
}

function summary(value: Inspected, depth: number): string {
  switch (value.kind) {
    case "primitive":
    case "opaque":
      return value.text;
    case "function":
      return `ƒ ${value.name || "anonymous"}`;
    case "list":
      return `${value.name}(${value.length}) [${itemTexts(value.items, value.length, depth, (item) => summary(item, depth + 1))}]`;
    case "record": {
      const name = value.name === "Object" ? "" : `${value.name} `;
      return `${name}{${itemTexts(value.entries, value.size, depth, ([key, item]) => `${key}: ${summary(item, depth + 1)}`)}}`;
    }
  }
}

function itemTexts<T>(items: readonly T[], total: number, depth: number, text: (item: T) => string): string {
  const shown = depth > DEPTH ? [] : items.slice(0, ITEMS).map(text);
  const left = total - shown.length;
  return [...shown, ...(left > 0 ? [`… ${left} more`] : [])].join(", ");
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
