/**
 * Comma-separated values by RFC 4180: quoted fields may contain commas, quotes and line breaks. The file is parsed in blocks of complete
 * records, so that it may be larger than the largest string.
 */
import { parse } from "csv-parse/sync";
import type { TextLine } from "./lines.ts";
import type { RawRow } from "./reading.ts";

/** In characters. A block ends where all quotes are closed; if a quote is never closed, at the second size. */
const [blockSize, largestBlock] = [2 ** 22, 2 ** 26];

/** The fields of each record, the header included. */
export function* csvRows(lines: Iterable<TextLine>): Generator<RawRow> {
  let block: TextLine[] = [];
  let [size, isOpen] = [0, false];
  for (const line of lines) {
    block.push(line);
    size += line.text.length + 1;
    if ((line.text.split('"').length - 1) % 2 === 1) isOpen = !isOpen;
    if (size < blockSize || (isOpen && size < largestBlock)) continue;
    yield* rowsOf(block);
    block = [];
    [size, isOpen] = [0, false];
  }
  yield* rowsOf(block);
}

function rowsOf(lines: readonly TextLine[]): RawRow[] {
  const offset = (lines[0]?.line ?? 1) - 1;
  const faults = lines.filter(({ fault }) => fault !== undefined);
  const rows: RawRow[] = [];
  let before = offset;
  const take = (fields: readonly string[], last: number): void => {
    const line = before + 1;
    const text = fields.join(",");
    const fault = faults.find((each) => each.line >= line && each.line <= last)?.fault;
    rows.push(fault === undefined ? { line, text, value: fields } : { line, text, fault });
    before = last;
  };
  const options = { relax_column_count: true, skip_empty_lines: true, skip_records_with_error: true };
  parse(lines.map(({ text }) => text).join("\n"), {
    ...options,
    on_record: (record: string[], { lines }) => {
      take(record, offset + lines);
      return null;
    },
    on_skip: (error, text) => {
      const last = typeof error?.lines === "number" ? offset + error.lines : before + 1;
      rows.push({ line: before + 1, text: text ?? "", fault: "its quotes are not closed or not doubled" });
      before = last;
      return undefined;
    },
  });
  return rows;
}
