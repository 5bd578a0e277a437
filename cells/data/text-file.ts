/** Reads plain texts: one per line of a text file, or the field `text` of records, as corpora for pre-training have it. */
import { requireKnown } from "../options.ts";
import { lineRow, nonEmptyLines } from "./lines.ts";
import { type BadRows, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { firstValue, type RecordFormat, type Rows, recordsOf, withHeader } from "./records.ts";
import { textBytes } from "./text-bytes.ts";

export type TextOptions = {
  /** The field or column of the text; `text` by default. */
  readonly column?: string;
  /** Detected from the file's extension by default; `lines` is a text file. */
  readonly format?: RecordFormat | "lines";
  readonly bad?: BadRows;
};

/** @throws if the file does not have this column; for bad rows see `bad`. */
export async function textFile(path: string, options: TextOptions = {}): Promise<Reading<string>> {
  requireKnown("textFile(…)", options, ["column", "format", "bad"]);
  const { column = "text", format, bad } = options;
  return readRows(path, await columnRows(path, column, format), (row) => [textField(row, column)], bad);
}

/** Records that have this field: those of the file, or its lines as records with this field alone. */
export async function columnRows(path: string, column: string, format: TextOptions["format"]): Promise<Rows> {
  if (format === "lines" || (format === undefined && /\.txt$/i.test(path))) {
    const bytes = await textBytes(path);
    return { [Symbol.iterator]: () => lineRows(bytes, column) };
  }
  const rows = await recordsOf(path, format);
  return Array.isArray(firstValue(rows)) ? withHeader(path, rows, [column]) : rows;
}

function* lineRows(bytes: Uint8Array, column: string): Generator<RawRow> {
  for (const line of nonEmptyLines(bytes)) yield lineRow(line, (text) => ({ [column]: text }));
}
