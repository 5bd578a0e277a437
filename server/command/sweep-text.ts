/** A sweep for a terminal: the table with the seeds folded, the Pareto front, and a heat table for two inputs. */
import { shown } from "../sweep/folded.ts";
import type { Heat } from "../sweep/heat.ts";
import { axesText, countsText, type ReportedEntry, type SweepTable } from "../sweep/report.ts";
import { alignedTable } from "./aligned-table.ts";
import { oneLine } from "./plain-text.ts";

/** From the lowest value to the highest. */
const SHADES = ["  ", "░░", "▒▒", "▓▓", "██"];

export function sweepText(entries: readonly ReportedEntry[], table: SweepTable, width: number): string {
  const parts: string[] = [];
  if (table.rows.length > 0) {
    const rows = table.rows.map(({ texts }) => texts.map(oneLine));
    const { lines, left } = alignedTable(table.names.map(oneLine), rows, table.numeric, width);
    const more = left > 0 ? [`(${left} more columns: see results.csv)`] : [];
    parts.push([...lines, ...more].join("\n"));
  }
  if (table.axes && table.names.includes("front")) parts.push(axesText(table.axes));
  parts.push(...table.heats.map((heat) => heatText(heat, width)));
  parts.push(`${entries.length} entries: ${countsText(entries)}`);
  return `${parts.join("\n\n")}\n`;
}

function heatText({ method, measure, rows, columns, cells }: Heat, width: number): string {
  const names = [`${rows.name} \\ ${columns.name}`, ...columns.values].map(oneLine);
  const lines = cells.map((line, at) => [
    oneLine(rows.values[at] ?? ""),
    ...line.map((cell) => (cell ? `${SHADES[Math.round(cell.level * (SHADES.length - 1))]} ${shown(cell.mean)}` : "")),
  ]);
  const { lines: text } = alignedTable(
    names,
    lines,
    names.map((_, at) => at > 0),
    width,
  );
  return [`${oneLine(method)}: ${oneLine(measure)}`, ...text].join("\n");
}
