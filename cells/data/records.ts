/**
 * The rows of a data file whatever its format: a record of named fields, or a list of fields where the file names none.
 * The format is told by the file's ending, or given. TSV takes quotes for what they are, as parallel corpora do; CSV
 * takes them for quotes.
 */
import { host } from "../host.ts";
import { csvRows } from "./csv.ts";
import { jsonElements, parsed } from "./json-list.ts";
import { type Line, linesOf, notUtf8 } from "./lines.ts";
import type { RawRow } from "./reading.ts";

export type RecordFormat = "tsv" | "csv" | "jsonl" | "json" | "parquet";

const endings: Readonly<Record<string, RecordFormat>> = {
  tsv: "tsv",
  tab: "tsv",
  csv: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  parquet: "parquet",
};

/** @throws if the ending tells nothing, or the file does not begin as its format does. */
export async function recordsOf(path: string, given?: RecordFormat): Promise<RawRow[]> {
  const bytes = await host().readFile(path);
  const format = given ?? formatOf(path, bytes);
  if (format === "parquet") return (await import("./parquet/parquet.ts")).parquetRows(path, bytes);
  const lines = linesOf(bytes);
  switch (format) {
    case "tsv":
      return written(lines).map((line) => fields(line));
    case "csv":
      return csvRows(lines);
    case "jsonl":
      return written(lines).map(({ line, text, isUtf8 }) => parsed(text, line, !isUtf8));
    case "json":
      return listOf(path, lines);
  }
}

/** By the ending; a `.json` file that begins with a record is JSON lines, as many data sets are named. */
function formatOf(path: string, bytes: Uint8Array): RecordFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const format = endings[ending];
  if (format === undefined) {
    const known = [...new Set(Object.values(endings))].join(", ");
    throw new Error(`The ending of ${path} does not tell its format. Give one: format: ${known}.`);
  }
  if (format !== "json") return format;
  const first = bytes.find((byte) => byte > 0x20 && byte < 0x80);
  return first === 0x7b ? "jsonl" : "json";
}

/** Lines with anything in them: an empty line between records or at the end is no row. */
const written = (lines: readonly Line[]): Line[] => lines.filter(({ text }) => text.trim() !== "");

const fields = ({ line, text, isUtf8 }: Line): RawRow =>
  isUtf8 ? { line, text, value: text.split("\t") } : { line, text, fault: notUtf8 };

function listOf(path: string, lines: readonly Line[]): RawRow[] {
  try {
    return jsonElements(lines);
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

/**
 * Names the fields of rows that are lists by the first of them, the header, which is then no row.
 * @throws if the header lacks a name that is wanted.
 */
export function withHeader(path: string, rows: readonly RawRow[], wanted: readonly string[]): RawRow[] {
  const [first, ...others] = rows;
  const header =
    first && "value" in first && Array.isArray(first.value) ? first.value.map((name) => String(name).trim()) : [];
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const names = (list: readonly string[]): string => list.map((name) => `"${name}"`).join(", ");
    throw new Error(`${path} has no column ${names(missing)}; its first row names ${names(header) || "none"}.`);
  }
  return others.map((row): RawRow => {
    if ("fault" in row || !Array.isArray(row.value)) return row;
    const values: readonly unknown[] = row.value;
    return { ...row, value: Object.fromEntries(header.map((name, i) => [name, values[i]])) };
  });
}
