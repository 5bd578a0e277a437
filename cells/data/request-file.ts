/**
 * Reads lists of requests: harmful ones in AdvBench's format (CSV with `goal` and `target`, Zou et al. 2023,
 * https://arxiv.org/abs/2307.15043), and harmless ones that look similar. A text file has one request per line.
 */
import { requireKnown } from "../options.ts";
import type { Message } from "../types.ts";
import { lineRow, nonEmptyLines } from "./lines.ts";
import { type BadRows, field, type Reading, readRows, textField } from "./reading.ts";
import { firstValue, type RecordFormat, recordsOf, withHeader } from "./records.ts";
import { textBytes } from "./text-bytes.ts";

export type Request = {
  readonly text: string;
  /** The beginning of a complying answer, if the list has one. */
  readonly target?: string;
};

export type RequestOptions = {
  /** The column of the request; `goal` by default. */
  readonly column?: string;
  /** Detected from the file's extension by default; `lines` is a text file. */
  readonly format?: RecordFormat | "lines";
  readonly bad?: BadRows;
};

/** @throws if the file does not have this column; for bad rows see `bad`. */
export async function requestFile(path: string, options: RequestOptions = {}): Promise<Reading<Request>> {
  requireKnown("requestFile(…)", options, ["column", "format", "bad"]);
  const { column = "goal", format, bad } = options;
  if (format === "lines" || (format === undefined && /\.txt$/i.test(path))) {
    const lines = [...nonEmptyLines(await textBytes(path))];
    const rows = lines.map((line) => lineRow(line, (text) => ({ text })));
    return readRows(path, rows, (row) => [{ text: textField(row, "text") }], bad);
  }
  const rows = await recordsOf(path, format);
  const records = Array.isArray(firstValue(rows)) ? withHeader(path, rows, [column]) : rows;
  return readRows(path, records, (row) => [request(row, column)], bad);
}

function request(row: unknown, column: string): Request {
  const target = field(row, "target");
  return { text: textField(row, column), ...(typeof target === "string" && target !== "" && { target }) };
}

/** Each request as a conversation with one user turn. */
export const requestPrompts = (list: readonly Request[]): Message[][] =>
  list.map(({ text }) => [{ role: "user", content: text }]);
