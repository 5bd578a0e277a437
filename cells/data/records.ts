/**
 * The rows of a data file of any format: a record of named fields, or a list of fields if the file has no names. The format is given
 * or follows from the extension. In TSV a quotation mark is an ordinary character, as in parallel corpora; in CSV it quotes a field.
 */
import { host } from "../host.ts";
import { csvRows } from "./csv.ts";
import { jsonElements, parsed } from "./json-list.ts";
import { linesOf, notUtf8, type TextLine } from "./lines.ts";
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

/** @throws if the extension is unknown, or the file does not have its format. */
export async function recordsOf(path: string, given?: RecordFormat): Promise<RawRow[]> {
  const bytes = await host().readFile(path);
  const format = given ?? formatOf(path, bytes);
  if (format === "parquet") return (await import("./parquet/parquet.ts")).parquetRows(path, bytes);
  const lines = linesOf(bytes);
  switch (format) {
    case "tsv":
      return nonEmpty(lines).map((line) => fields(line));
    case "csv":
      return csvRows(lines);
    case "jsonl":
      return nonEmpty(lines).map((line) => parsed(line));
    case "json":
      return listOf(path, lines);
  }
}

/** From the extension. A `.json` file that begins with a record is read as JSON lines, since many data sets are named so. */
function formatOf(path: string, bytes: Uint8Array): RecordFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const format = endings[ending];
  if (format === undefined) {
    const known = [...new Set(Object.values(endings))].join(", ");
    throw new Error(`The format of ${path} is not known from its extension. Give the option format: one of ${known}.`);
  }
  if (format !== "json") return format;
  const first = bytes.find((byte) => byte > 0x20 && byte < 0x80);
  return first === 0x7b ? "jsonl" : "json";
}

/** An empty line between records or at the end is not a row. */
const nonEmpty = (lines: readonly TextLine[]): TextLine[] => lines.filter(({ text }) => text.trim() !== "");

const fields = ({ line, text, isUtf8 }: TextLine): RawRow =>
  isUtf8 ? { line, text, value: text.split("\t") } : { line, text, fault: notUtf8 };

function listOf(path: string, lines: readonly TextLine[]): RawRow[] {
  try {
    return jsonElements(lines);
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

/**
 * Uses the first row as the header, which names the fields of the other rows.
 * @throws if the header does not have all `wanted` names.
 */
export function withHeader(path: string, rows: readonly RawRow[], wanted: readonly string[]): RawRow[] {
  const [first, ...others] = rows;
  const header =
    first && "value" in first && Array.isArray(first.value) ? first.value.map((name) => String(name).trim()) : [];
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const names = (list: readonly string[]): string => list.map((name) => `"${name}"`).join(", ");
    throw new Error(
      `${path} has no column ${names(missing)}; the columns in its first row are ${names(header) || "none"}.`,
    );
  }
  return others.map((row): RawRow => {
    if ("fault" in row || !Array.isArray(row.value)) return row;
    const values: readonly unknown[] = row.value;
    return { ...row, value: Object.fromEntries(header.map((name, i) => [name, values[i]])) };
  });
}
