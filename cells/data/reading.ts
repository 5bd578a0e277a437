/**
 * What came of reading a data set: the items, and every row that was none, by its line and with the reason. Public
 * corpora hold broken rows; silently dropped, they are a difference between two results that nobody can find. So a
 * reading either counts them in the open or refuses the file.
 */
import { isRecord } from "../json.ts";

/** `line` counts from 1: the row's first line in a text file, the row's number in a Parquet file. */
export type BadRow = { readonly file: string; readonly line: number; readonly reason: string; readonly text: string };

/** Whether bad rows are left out and counted (the default), or the file is refused for the first of them. */
export type BadRows = "skip" | "refuse";

export type Reading<T> = {
  readonly files: readonly string[];
  /** Rows that were looked at, good and bad. */
  readonly rows: number;
  readonly items: readonly T[];
  readonly bad: readonly BadRow[];
};

/** One row as its format gives it, before anything is asked of it. */
export type RawRow =
  | { readonly line: number; readonly text: string; readonly value: unknown }
  | { readonly line: number; readonly text: string; readonly fault: string };

/** Thrown by what reads a row's value; the message is the reason that is shown. */
export class BadRowError extends Error {}

/**
 * Reads each row; `read` gives the items of a good one and throws `BadRowError` for a bad one.
 * @throws naming the first bad row, where they are refused; or where no row at all is good, since then the file is empty or of another form.
 */
export function readRows<T>(
  file: string,
  rows: Iterable<RawRow>,
  read: (value: unknown) => readonly T[],
  bad: BadRows = "skip",
): Reading<T> {
  const items: T[] = [];
  const faults: BadRow[] = [];
  let count = 0;
  for (const row of rows) {
    count += 1;
    const found = attempt(row, read);
    if (typeof found !== "string") {
      items.push(...found);
      continue;
    }
    if (bad === "refuse")
      throw new Error(`${file}, line ${row.line}: ${found}. Mend the row, or read with bad: "skip".`);
    faults.push({ file, line: row.line, reason: found, text: clipped(row.text) });
  }
  if (count === 0) throw new Error(`${file} holds no rows.`);
  const first = faults[0];
  if (items.length === 0 && first)
    throw new Error(
      `${file} has no row that could be read: ${count} are bad, the first at line ${first.line}: ${first.reason}.`,
    );
  return { files: [file], rows: count, items, bad: faults };
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

/** A field of a record, or of a record within it: `translation.de`. Undefined where there is none. */
export function field(value: unknown, path: string): unknown {
  if (isRecord(value) && Object.hasOwn(value, path)) return value[path];
  return path.split(".").reduce((at, name) => (isRecord(at) ? at[name] : undefined), value);
}

/** The text of a field without blank ends. @throws BadRowError if there is none. */
export function textField(value: unknown, path: string): string {
  const found = field(value, path);
  if (found === undefined || found === null) throw new BadRowError(`"${path}" is missing`);
  if (typeof found !== "string") throw new BadRowError(`"${path}" is no text`);
  const text = found.trim();
  if (text === "") throw new BadRowError(`"${path}" is empty`);
  return text;
}
