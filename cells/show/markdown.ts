/** Markdown from a cell: md`The base answers **${share}** of the questions.` */
import { Shown } from "./shown.ts";

/** A markdown template. Values are inserted as text; numbers are rounded to four decimals. */
export function md(strings: TemplateStringsArray, ...values: readonly unknown[]): Shown {
  const text = strings.reduce((before, piece, i) => before + word(values[i - 1]) + piece);
  return new Shown({ kind: "markdown", text });
}

function word(value: unknown): string {
  return typeof value === "number" ? String(Math.round(value * 1e4) / 1e4) : String(value);
}
