/**
 * The rows of a data file of any format: a record of named fields, or a list of fields if the file has no names. The format is given
 * or follows from the extension. In TSV a quotation mark is an ordinary character, as in parallel corpora; in CSV it quotes a field.
 */
import { host } from "../host.ts";
import { csvRows } from "./csv.ts";
import { jsonRows } from "./json-rows.ts";
import { lineRow, linesOf, nonEmptyLines } from "./lines.ts";
import type { RawRow } from "./reading.ts";
import { asText } from "./text-bytes.ts";

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

/** Rows are read when they are asked for, and again each time: all of them at once may not fit into memory. */
export type Rows = Iterable<RawRow>;

/** @throws if the extension is unknown, or the file does not have its format. */
export async function recordsOf(path: string, given?: RecordFormat): Promise<Rows> {
  const format = given ?? formatOf(path);
  const bytes = await host().readFile(path);
  if (format === "parquet") return (await import("./parquet/parquet.ts")).parquetRows(path, bytes);
  const text = asText(path, bytes);
  return { [Symbol.iterator]: () => rowsOf(format, path, text) };
}

function rowsOf(format: Exclude<RecordFormat, "parquet">, path: string, bytes: Uint8Array): Iterator<RawRow> {
  switch (format) {
    case "tsv":
      return tsvRows(bytes);
    case "csv":
      return csvRows(linesOf(bytes));
    case "jsonl":
    case "json":
      return jsonRows(format, path, bytes);
  }
}

function formatOf(path: string): RecordFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (format !== undefined) return format;
  const known = [...new Set(Object.values(endings))].join(", ");
  throw new Error(`The format of ${path} is not known from its extension. Give the option format: one of ${known}.`);
}

function* tsvRows(bytes: Uint8Array): Generator<RawRow> {
  for (const line of nonEmptyLines(bytes)) yield lineRow(line, (text) => text.split("\t"));
}

/** The value of the first row that has one. */
export function firstValue(rows: Rows): unknown {
  for (const row of rows) if ("value" in row) return row.value;
  return undefined;
}

/**
 * Uses the first row as the header, which names the fields of the other rows.
 * @throws if the header does not have all `wanted` names.
 */
export function withHeader(path: string, rows: Rows, wanted: readonly string[]): Rows {
  const first = rows[Symbol.iterator]().next().value as RawRow | undefined;
  const header =
    first && "value" in first && Array.isArray(first.value) ? first.value.map((name) => String(name).trim()) : [];
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const names = (list: readonly string[]): string => list.map((name) => `"${name}"`).join(", ");
    throw new Error(
      `${path} has no column ${names(missing)}; the columns in its first row are ${names(header) || "none"}.`,
    );
  }
  return { [Symbol.iterator]: () => named(rows, header) };
}

function* named(rows: Rows, header: readonly string[]): Generator<RawRow> {
  let isHeader = true;
  for (const row of rows) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    if ("fault" in row || !Array.isArray(row.value)) {
      yield row;
      continue;
    }
    const values: readonly unknown[] = row.value;
    yield { ...row, value: Object.fromEntries(header.map((name, i) => [name, values[i]])) };
  }
}
