/**
 * Reads lists of requests: harmful ones in AdvBench's format (CSV with `goal` and `target`, Zou et al. 2023,
 * https://arxiv.org/abs/2307.15043), and harmless ones that look similar. A text file has one request per line.
 */
import { requireKnown } from "../options.ts";
import type { Message } from "../types.ts";
import { type BadRows, field, type Reading, readRows, textField } from "./reading.ts";
import { columnRows, type TextOptions } from "./text-file.ts";

export type Request = {
  readonly text: string;
  /** The beginning of a complying answer, if the list has one. */
  readonly target?: string;
};

export type RequestOptions = {
  /** The column of the request; `goal` by default. */
  readonly column?: string;
  /** Detected from the file's extension by default; `lines` is a text file. */
  readonly format?: TextOptions["format"];
  readonly bad?: BadRows;
};

/** @throws if the file does not have this column; for bad rows see `bad`. */
export async function requestFile(path: string, options: RequestOptions = {}): Promise<Reading<Request>> {
  requireKnown("requestFile(…)", options, ["column", "format", "bad"]);
  const { column = "goal", format, bad } = options;
  return readRows(path, await columnRows(path, column, format), (row) => [request(row, column)], bad);
}

function request(row: unknown, column: string): Request {
  const target = field(row, "target");
  return { text: textField(row, column), ...(typeof target === "string" && target !== "" && { target }) };
}

/** Each request as a conversation with one user turn. */
export const requestPrompts = (list: readonly Request[]): Message[][] =>
  list.map(({ text }) => [{ role: "user", content: text }]);
