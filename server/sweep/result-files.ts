/** What a sweep leaves for other programs and for readers, in its folder: `results.json`, `results.csv` and `sweep.md`. */
import { join } from "node:path";
import { csvField } from "../runs/csv.ts";
import { writeSafely } from "../session/write-file.ts";
import { textOf } from "./entries.ts";
import { shown } from "./folded.ts";
import type { Heat } from "./heat.ts";
import { axesText, countsText, type ReportedEntry, type SweepTable } from "./report.ts";

export async function writeResultFiles(
  folder: string,
  notebook: string,
  entries: readonly ReportedEntry[],
  table: SweepTable,
): Promise<void> {
  await writeSafely(join(folder, "results.json"), `${JSON.stringify({ notebook, entries }, null, 2)}\n`);
  await writeSafely(join(folder, "results.csv"), csvOf(entries));
  await writeSafely(join(folder, "sweep.md"), markdownOf(notebook, entries, table));
}

/** A line for each result of each entry; an entry without results has one line too. */
export function csvOf(entries: readonly ReportedEntry[]): string {
  const inputs = [...new Set(entries.flatMap(({ settings }) => Object.keys(settings)))];
  const measures = [...new Set(entries.flatMap(({ results }) => results.flatMap((result) => Object.keys(result))))];
  // A notebook may report a measure that is called like an input.
  const own = measures.filter((name) => !inputs.includes(name));
  const lines = entries.flatMap(({ id, settings, seed, status, results, record }) =>
    (results.length > 0 ? results : [{}]).map((result: Readonly<Record<string, unknown>>) => [
      id,
      ...inputs.map((name) => textOf(settings[name])),
      seed,
      status,
      ...own.map((name) => result[name] ?? ""),
      record ?? "",
    ]),
  );
  const all = [["id", ...inputs, "seed", "status", ...own, "record"], ...lines];
  return all.map((line) => `${line.map((value) => csvField(String(value))).join(",")}\n`).join("");
}

export function markdownOf(notebook: string, entries: readonly ReportedEntry[], table: SweepTable): string {
  const parts = [`# Sweep of ${cell(notebook)}`, `${entries.length} entries: ${countsText(entries)}.`];
  if (table.rows.length > 0)
    parts.push(
      "Mean over the seeds (lowest–highest), N seeds.",
      markdownTable(
        table.names,
        table.rows.map(({ texts }) => texts),
      ),
    );
  if (table.axes && table.names.includes("front")) parts.push(axesText(table.axes).replace(/^\*/, "\\*"));
  for (const heat of table.heats) parts.push(`## ${cell(heat.method)}: ${cell(heat.measure)}`, heatTable(heat));
  return `${parts.join("\n\n")}\n`;
}

function heatTable({ rows, columns, cells }: Heat): string {
  const names = [`${rows.name} \\ ${columns.name}`, ...columns.values];
  const lines = cells.map((line, at) => [rows.values[at] ?? "", ...line.map((each) => (each ? shown(each.mean) : ""))]);
  return markdownTable(names, lines);
}

function markdownTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.map(cell).join(" | ")} |`;
  return [line(names), line(names.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text of a notebook that cannot end a table's cell or be taken for HTML. */
function cell(text: string): string {
  return text.replace(/\s+/g, " ").replace(/([\\|<>*_`])/g, "\\$1");
}
