/**
 * Parses the text of a notebook into cells. Any text is a notebook: the text before the first `// %%` is a cell, and an id
 * that occurs twice gets a number. Blank lines inside a cell are preserved, so printing parsed text gives the same text.
 */
import type { Cell, CellId, Notebook } from "../types.ts";
import { type Head, Numbering, readHead } from "./head.ts";
import { DEFAULT_SETTINGS, readSettings, sameSettings } from "./settings.ts";

type Block = { readonly head: Head; readonly lines: readonly string[] };

const CODE: Head = { kind: "code", mode: "auto", options: {} };
const CONFLICT = /^(?:<{7}|\|{7}|>{7})(?: |$)/;

export function parseNotebook(text: string): Notebook {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const settings = readSettings(lines[first] ?? "");
  if (settings) lines.splice(first, 1);
  const blocks = blocksOf(lines).flatMap((block) => (block.head.kind === "markdown" ? withoutCode(block) : [block]));
  const ids = idsOf(blocks.map(({ head }) => head));
  const cells = blocks.map(
    ({ head: { kind, mode, options }, lines }, index): Cell => ({
      id: ids[index]!,
      kind,
      source: kind === "markdown" ? markdownSource(lines) : codeSource(lines),
      mode,
      options,
    }),
  );
  return settings && !sameSettings(settings, DEFAULT_SETTINGS) ? { cells, settings } : { cells };
}

/** Why this text must not be read as a notebook, nor overwritten; undefined if it may. */
export function notebookFault(text: string): string | undefined {
  if (text.includes("\0")) return "This file is not text.";
  const conflict = text.split("\n").findIndex((line) => CONFLICT.test(line.trimEnd()));
  if (conflict < 0) return undefined;
  return `This file contains merge conflict markers (line ${conflict + 1}). Resolve the conflict in an editor and save the file.`;
}

/** Why a notebook with a cell of this source could not be read again; it completes a sentence. */
export function sourceFault(kind: Cell["kind"], source: string): string | undefined {
  if (source.includes("\0")) return "it contains the character NUL";
  // In a file, lines of markdown begin with the mark of a comment.
  const lines = kind === "code" ? source.split(/\r\n?|\n/) : [];
  const conflict = lines.findIndex((line) => CONFLICT.test(line.trimEnd()));
  return conflict < 0 ? undefined : `line ${conflict + 1} is a merge conflict marker`;
}

function blocksOf(lines: readonly string[]): Block[] {
  const starts = lines.flatMap((line, index) => (readHead(line) ? [index] : []));
  const preamble = lines.slice(0, starts[0] ?? lines.length);
  const blocks = starts.map((start, n): Block => {
    const head = readHead(lines[start]!);
    return { head: head ?? CODE, lines: lines.slice(start + 1, starts[n + 1] ?? lines.length) };
  });
  return preamble.some((line) => line.trim() !== "") ? [{ head: CODE, lines: preamble }, ...blocks] : blocks;
}

/** Splits off the code below the comments of a markdown cell: other tools run it as code, so it becomes a code cell. */
function withoutCode(block: Block): Block[] {
  const first = block.lines.findIndex((line) => line.trim() !== "" && !line.startsWith("//"));
  if (first < 0) return [block];
  return [
    { ...block, lines: block.lines.slice(0, first) },
    { head: CODE, lines: block.lines.slice(first) },
  ];
}

/** The last blank line separates the cell from the next one, or ends the file; it is not part of the source. */
function codeSource(lines: readonly string[]): string {
  return (lines.at(-1) === "" ? lines.slice(0, -1) : lines).join("\n");
}

/** Removes the comment marks. A line of markdown that would begin a cell is escaped with a backslash in the file. */
function markdownSource(lines: readonly string[]): string {
  const isBlank = (line: string): boolean => line.trim() === "";
  const first = lines.findIndex((line) => !isBlank(line));
  if (first < 0) return "";
  const last = lines.findLastIndex((line) => !isBlank(line));
  return lines
    .slice(first, last + 1)
    .map((line) => line.replace(/^\/\/ ?/, "").replace(/^(\s*)\\(\\*%%)/, "$1$2"))
    .join("\n");
}

/** Written ids are assigned first, so that a cell without one never takes the id of another cell. */
function idsOf(heads: readonly Head[]): CellId[] {
  const written = new Set(heads.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const taken = new Set<CellId>();
  const takeFree = (wanted: CellId): CellId => {
    let id = wanted;
    for (let n = 2; taken.has(id) || (id !== wanted && written.has(id)); n++) id = `${wanted}-${n}`;
    taken.add(id);
    return id;
  };
  const assigned = heads.map(({ id }) => id !== undefined && takeFree(id));
  const numbering = new Numbering();
  return heads.map(({ kind }, index) => assigned[index] || takeFree(numbering.take(kind)));
}
