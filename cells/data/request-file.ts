/**
 * Reads lists of requests: harmful ones in AdvBench's format (CSV with `goal` and `target`, Zou et al. 2023,
 * https://arxiv.org/abs/2307.15043), and harmless ones that look similar. A text file has one request per line.
 */
import { host } from "../host.ts";
import type { Message } from "../types.ts";
import { linesOf, notUtf8 } from "./lines.ts";
import { type BadRows, field, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { recordsOf, withHeader } from "./records.ts";

export type Request = {
  readonly text: string;
  /** The beginning of a complying answer, if the list has one. */
  readonly target?: string;
};

export type RequestOptions = {
  /** The column of the request; `goal` by default. */
  readonly column?: string;
  readonly bad?: BadRows;
};

/** @throws if the file does not have this column; for bad rows see `bad`. */
export async function requestFile(
  path: string,
  { column = "goal", bad }: RequestOptions = {},
): Promise<Reading<Request>> {
  if (/\.txt$/i.test(path)) {
    const lines = linesOf(await host().readFile(path)).filter(({ text }) => text.trim() !== "");
    const rows = lines.map(({ line, text, isUtf8 }): RawRow => {
      return isUtf8 ? { line, text, value: { text } } : { line, text, fault: notUtf8 };
    });
    return readRows(path, rows, (row) => [{ text: textField(row, "text") }], bad);
  }
  const rows = await recordsOf(path);
  const isTable = rows.some((row) => "value" in row && Array.isArray(row.value));
  const records = isTable ? withHeader(path, rows, [column]) : rows;
  return readRows(path, records, (row) => [request(row, column)], bad);
}

function request(row: unknown, column: string): Request {
  const target = field(row, "target");
  return { text: textField(row, column), ...(typeof target === "string" && target !== "" && { target }) };
}

/** Each request as a conversation with one user turn. */
export const requestPrompts = (list: readonly Request[]): Message[][] =>
  list.map(({ text }) => [{ role: "user", content: text }]);
