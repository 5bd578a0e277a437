/** What reading a data set gave, as a table. */
import type { Reading } from "../data/reading.ts";
import type { Shown } from "./shown.ts";
import { table } from "./table.ts";

/** How many rows each file gave, and each reason for which rows were left out: how often, and where first. */
export function readingReport(...readings: readonly Reading<unknown>[]): Shown {
  const rows = readings.flatMap(({ files, rows, items, bad }) => {
    const file = files.join(" + ");
    const read = { file, what: "read", rows: rows - bad.length, items: items.length, lines: "" };
    const reasons = [...new Set(bad.map(({ reason }) => reason))];
    const skipped = reasons.map((reason) => {
      const lines = bad.filter((row) => row.reason === reason).map(({ line }) => line);
      const shown = lines.slice(0, 10).join(", ") + (lines.length > 10 ? ", …" : "");
      return { file, what: reason, rows: lines.length, items: 0, lines: shown };
    });
    return [read, ...skipped];
  });
  return table(rows);
}
