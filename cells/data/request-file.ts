/**
 * Lists of requests: harmful ones, as AdvBench has them (CSV with `goal` and `target`, Zou et al. 2023,
 * https://arxiv.org/abs/2307.15043), and harmless look-alikes. A text file has one request per line.
 */
import { host } from "../host.ts";
import type { Message } from "../types.ts";
import { linesOf, notUtf8 } from "./lines.ts";
import { type BadRows, field, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { recordsOf, withHeader } from "./records.ts";

export type Request = {
  readonly text: string;
  /** How a model that complies would begin, where the list says so. */
  readonly target?: string;
};

export type RequestOptions = {
  /** The column of the request: `goal` unless given. */
  readonly column?: string;
  readonly bad?: BadRows;
};

/** @throws if the file has no such column, or as `bad` says. */
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

/** Requests as a model is asked them. */
export const requestPrompts = (list: readonly Request[]): Message[][] =>
  list.map(({ text }) => [{ role: "user", content: text }]);
