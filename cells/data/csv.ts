/** Comma-separated values by RFC 4180: quoted fields may contain commas, quotes and line breaks. */
import { parse } from "csv-parse/sync";
import { notUtf8, type TextLine } from "./lines.ts";
import type { RawRow } from "./reading.ts";

/** The fields of each record, the header included. */
export function csvRows(lines: readonly TextLine[]): RawRow[] {
  const broken = lines.filter(({ isUtf8 }) => !isUtf8).map(({ line }) => line);
  const rows: RawRow[] = [];
  let before = 0;
  const take = (fields: readonly string[], last: number): void => {
    const line = before + 1;
    const text = fields.join(",");
    const isBroken = broken.some((each) => each >= line && each <= last);
    rows.push(isBroken ? { line, text, fault: notUtf8 } : { line, text, value: fields });
    before = last;
  };
  const options = { relax_column_count: true, skip_empty_lines: true, skip_records_with_error: true };
  parse(lines.map(({ text }) => text).join("\n"), {
    ...options,
    on_record: (record: string[], { lines }) => {
      take(record, lines);
      return null;
    },
    on_skip: (error, text) => {
      const last = typeof error?.lines === "number" ? error.lines : before + 1;
      rows.push({ line: before + 1, text: text ?? "", fault: "its quotes are not closed or not doubled" });
      before = last;
      return undefined;
    },
  });
  return rows;
}
