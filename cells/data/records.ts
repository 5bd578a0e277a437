/**
 * The rows of a data file of any format: a record of named fields, or a list of fields if the file has no names. The format is given
 * or follows from the extension. In TSV a quotation mark is an ordinary character, as in parallel corpora; in CSV it quotes a field.
 */
import { host } from "../host.ts";
import { isRecord } from "../json.ts";
import { csvRows } from "./csv.ts";
import { jsonElements, parsed } from "./json-list.ts";
import { lineRow, linesOf, type TextLine } from "./lines.ts";
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

/** An empty line between records or at the end is not a row. */
function* nonEmpty(bytes: Uint8Array): Generator<TextLine> {
  for (const line of linesOf(bytes)) if (line.text.trim() !== "") yield line;
}

function* tsvRows(bytes: Uint8Array): Generator<RawRow> {
  for (const line of nonEmpty(bytes)) yield lineRow(line, (text) => text.split("\t"));
}

/** A list or one value per line. Many data sets have the ending of the other one, so the beginning of the file decides. */
function* jsonRows(format: "json" | "jsonl", path: string, bytes: Uint8Array): Generator<RawRow> {
  const beginning = String.fromCharCode(bytes.find((byte) => byte > 0x20) ?? 0);
  if (beginning === "[" && format === "json") return yield* elementsOf(path, bytes);
  const first = nonEmpty(bytes).next().value as TextLine | undefined;
  const value = first && parsed(first);
  const isWhole = value !== undefined && "value" in value;
  const isList = isWhole && Array.isArray(value.value) && value.value.length > 0 && value.value.every(isRecord);
  if (beginning === "[" && (!isWhole || isList)) return yield* elementsOf(path, bytes);
  if (beginning !== "{" && format === "json" && first) throw notJson(path, 'it begins neither with "[" nor with "{"');
  refuseObject(path, bytes, isWhole ? value.value : undefined);
  for (const line of nonEmpty(bytes)) yield parsed(line);
}

function* elementsOf(path: string, bytes: Uint8Array): Generator<RawRow> {
  try {
    yield* jsonElements(bytes);
  } catch (error) {
    throw notJson(path, error instanceof Error ? error.message : String(error));
  }
}

const notJson = (path: string, reason: string): Error => new Error(`${path} cannot be read as JSON: ${reason}.`);

/**
 * @param firstLine the value of the first line, if it is valid JSON
 * @throws if the file is one object around the list: then its lines are no records
 */
function refuseObject(path: string, bytes: Uint8Array, firstLine: unknown): void {
  const lines = nonEmpty(bytes);
  lines.next();
  const hasMore = lines.next().done !== true;
  if (firstLine !== undefined && hasMore) return;
  const object = firstLine ?? wholeObject(bytes);
  if (!isRecord(object)) return;
  const lists = Object.keys(object).filter(
    (name) => Array.isArray(object[name]) && (object[name] as unknown[]).every(isRecord),
  );
  // One line with one record is a file of JSON lines, unless the record has nothing but a list of records.
  if (firstLine !== undefined && !(lists.length === 1 && isWrapper(object, lists[0]!))) return;
  const inside = lists.length > 0 ? ` The list seems to be in "${lists[0]}": save it alone.` : "";
  throw new Error(
    `${path} is one JSON object with the fields ${Object.keys(object).join(", ")}. ` +
      `A list of records, or one record per line, is needed.${inside}`,
  );
}

/** A list of turns belongs to a record; a list under one of these names holds the records. */
const isWrapper = (object: object, list: string): boolean =>
  /^(data|rows|records|items|examples|instances|dataset|train|test|validation)$/i.test(list) &&
  Object.keys(object).length <= 8;

function wholeObject(bytes: Uint8Array): unknown {
  // A larger file is not parsed for the sake of a message.
  if (bytes.length > 2 ** 26) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
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
