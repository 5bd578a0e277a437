/**
 * The elements of a JSON list with their line numbers, each parsed separately: one invalid element among thousands is one bad row,
 * while `JSON.parse` would reject the complete file.
 */
import { notUtf8, type TextLine } from "./lines.ts";
import type { RawRow } from "./reading.ts";

/** @throws if the text is not a list. */
export function jsonElements(lines: readonly TextLine[]): RawRow[] {
  const broken = new Set(lines.filter(({ isUtf8 }) => !isUtf8).map(({ line }) => line));
  const text = lines.map((line) => line.text).join("\n");
  if (!/^\s*\[/.test(text)) throw new Error('it is not a JSON list, which begins with "["');
  const rows: RawRow[] = [];
  let line = 1;
  let depth = 0;
  let inString = false;
  let from = -1;
  let firstLine = 1;
  const close = (to: number): void => {
    const element = from < 0 ? "" : text.slice(from, to);
    if (element.trim() !== "") {
      rows.push(parsed({ line: firstLine, text: element, isUtf8: !hasBetween(broken, firstLine, line) }));
    }
    from = -1;
  };
  for (let at = text.indexOf("[") + 1; at < text.length; at += 1) {
    const char = text[at]!;
    if (from < 0 && !/[\s,\]]/.test(char)) [from, firstLine] = [at, line];
    if (char === "\n") line += 1;
    if (inString) {
      if (char === "\\") at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "," && depth === 0) close(at);
    else if (char === "]" && depth === 0) {
      close(at);
      return rows;
    } else if (char === "}" || char === "]") depth = Math.max(0, depth - 1);
  }
  // A bracket or quote is not closed, or the file was cut off. It cannot be known where the next element begins.
  close(text.length);
  rows.push({ line: lines.length, text: "", fault: "the list is not closed" });
  return rows;
}

/** The value of a text that is one JSON value. */
export function parsed({ line, text, isUtf8 }: TextLine): RawRow {
  if (!isUtf8) return { line, text, fault: notUtf8 };
  try {
    return { line, text, value: JSON.parse(text) };
  } catch (error) {
    return {
      line,
      text,
      fault: `not valid JSON (${error instanceof Error ? error.message.split("\n", 1)[0] : error})`,
    };
  }
}

const hasBetween = (lines: ReadonlySet<number>, first: number, last: number): boolean =>
  lines.size > 0 && [...lines].some((line) => line >= first && line <= last);
