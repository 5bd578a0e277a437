/** What was read from data sets, as a table. */
import type { Reading } from "../data/reading.ts";
import type { Shown } from "./shown.ts";
import { table } from "./table.ts";

/** For each file the number of valid rows, and for each reason the number of rejected rows with the first lines. */
export function readingReport(...readings: readonly Reading<unknown>[]): Shown {
  const rows = readings.flatMap(({ files, rows, items, bad }) => {
    const file = files.join(" + ");
    const read = { file, what: "read", rows: rows - bad.length, items: items.length, lines: "" };
    const reasons = [...new Set(bad.map(({ reason }) => reason))];
    const rejected = reasons.map((reason) => {
      const lines = bad.filter((row) => row.reason === reason).map(({ line }) => line);
      const shown = lines.slice(0, 10).join(", ") + (lines.length > 10 ? ", …" : "");
      return { file, what: reason, rows: lines.length, items: 0, lines: shown };
    });
    return [read, ...rejected];
  });
  return table(rows);
}
