/**
 * The result of reading a data set: the valid items, and each rejected row with its line and the reason. Public corpora contain
 * invalid rows. If a reader dropped them silently, two results could differ for a reason that nobody can find. So a reader reports
 * them, or rejects the file.
 */
import { isRecord } from "../json.ts";

/** `line` counts from 1: the first line of the row in a text file, or the number of the row in a Parquet file. */
export type BadRow = { readonly file: string; readonly line: number; readonly reason: string; readonly text: string };

/** `skip` (the default) leaves bad rows out and reports them; `refuse` throws an error for the first one. */
export type BadRows = "skip" | "refuse";

export type Reading<T> = {
  readonly files: readonly string[];
  /** The number of all rows, valid and bad. */
  readonly rows: number;
  readonly items: readonly T[];
  readonly bad: readonly BadRow[];
};

/** A row as parsed from its file format, before its content is checked. */
export type RawRow =
  | { readonly line: number; readonly text: string; readonly value: unknown }
  | { readonly line: number; readonly text: string; readonly fault: string };

/** Thrown by a function that reads a row. The message is the reason that is reported. */
export class BadRowError extends Error {}

/**
 * @param read returns the items of a valid row and throws `BadRowError` for a bad one
 * @throws naming the first bad row if `bad` is `refuse`, or if no row is valid: then the file is empty or has another format.
 */
export function readRows<T>(
  file: string,
  rows: Iterable<RawRow>,
  read: (value: unknown) => readonly T[],
  bad: BadRows = "skip",
): Reading<T> {
  const items: T[] = [];
  const rejected: BadRow[] = [];
  let count = 0;
  for (const row of rows) {
    count += 1;
    const found = attempt(row, read);
    if (typeof found !== "string") {
      items.push(...found);
      continue;
    }
    if (bad === "refuse")
      throw new Error(`${file}, line ${row.line}: ${found}. Fix the row, or read with bad: "skip".`);
    rejected.push({ file, line: row.line, reason: found, text: clipped(row.text) });
  }
  if (count === 0) throw new Error(`${file} has no rows.`);
  const first = rejected[0];
  if (items.length === 0 && first)
    throw new Error(
      `${file} has no valid row: all ${count} are bad, the first at line ${first.line}: ${first.reason}. ` +
        "Check the format and the columns.",
    );
  return { files: [file], rows: count, items, bad: rejected };
}

function attempt<T>(row: RawRow, read: (value: unknown) => readonly T[]): readonly T[] | string {
  if ("fault" in row) return row.fault;
  try {
    return read(row.value);
  } catch (error) {
    if (error instanceof BadRowError) return error.message;
    throw error;
  }
}

const clipped = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

/** A field of a record, or of a nested record: `translation.de`. Undefined if it does not exist. */
export function field(value: unknown, path: string): unknown {
  if (isRecord(value) && Object.hasOwn(value, path)) return value[path];
  return path.split(".").reduce((at, name) => (isRecord(at) ? at[name] : undefined), value);
}

/** The trimmed text of a field. @throws BadRowError if it is missing, empty or not a string. */
export function textField(value: unknown, path: string): string {
  const found = field(value, path);
  if (found === undefined || found === null) throw new BadRowError(`"${path}" is missing`);
  if (typeof found !== "string") throw new BadRowError(`"${path}" is not a string`);
  const text = found.trim();
  if (text === "") throw new BadRowError(`"${path}" is empty`);
  return text;
}
