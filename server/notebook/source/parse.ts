/**
 * Notebook text to cells. Any text is a notebook: what stands before the first `// %%` is a cell, a name that is there
 * twice gets a number. Blank lines inside a cell are kept, so that text which this project printed comes back exactly.
 */

import type { Cell, CellId, Notebook } from "../types.ts";
import { type Head, Numbering, readHead } from "./head.ts";
import { readSettings, sameSettings, USUAL } from "./settings.ts";

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
  const blocks = blocksOf(lines).flatMap((block) => (block.head.kind === "markdown" ? split(block) : [block]));
  const ids = idsOf(blocks.map(({ head }) => head));
  const cells = blocks.map(
    ({ head: { kind, mode, options }, lines }, index): Cell => ({
      id: ids[index]!,
      kind,
      source: kind === "markdown" ? prose(lines) : code(lines),
      mode,
      options,
    }),
  );
  return settings && !sameSettings(settings, USUAL) ? { cells, settings } : { cells };
}

/** Why this text must not be read, and so not be written over, as a notebook. */
export function notebookFault(text: string): string | undefined {
  if (text.includes("\0")) return "This file is not text.";
  const torn = text.split("\n").findIndex((line) => CONFLICT.test(line.trimEnd()));
  if (torn < 0) return undefined;
  return `This file has the conflict markers of a merge (line ${torn + 1}). Choose a side there and save it.`;
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

/** Code under a markdown cell's comments is code to every other tool, so it is a cell of its own. */
function split(block: Block): Block[] {
  const first = block.lines.findIndex((line) => line.trim() !== "" && !line.startsWith("//"));
  if (first < 0) return [block];
  return [
    { ...block, lines: block.lines.slice(0, first) },
    { head: CODE, lines: block.lines.slice(first) },
  ];
}

/** The blank line that parts a cell from the next, or the end of the file's last line, is not the cell's. */
function code(lines: readonly string[]): string {
  return (lines.at(-1) === "" ? lines.slice(0, -1) : lines).join("\n");
}

/** A line of text that would begin a cell stands behind a backslash, which markdown ignores there. */
function prose(lines: readonly string[]): string {
  const isBlank = (line: string): boolean => line.trim() === "";
  const first = lines.findIndex((line) => !isBlank(line));
  if (first < 0) return "";
  const last = lines.findLastIndex((line) => !isBlank(line));
  return lines
    .slice(first, last + 1)
    .map((line) => line.replace(/^\/\/ ?/, "").replace(/^(\s*)\\(\\*%%)/, "$1$2"))
    .join("\n");
}

/** Ids that are written down are given first, so that a cell without one never takes a name from another. */
function idsOf(heads: readonly Head[]): CellId[] {
  const wished = new Set(heads.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const taken = new Set<CellId>();
  const free = (wish: CellId): CellId => {
    let id = wish;
    for (let n = 2; taken.has(id) || (id !== wish && wished.has(id)); n++) id = `${wish}-${n}`;
    taken.add(id);
    return id;
  };
  const named = heads.map(({ id }) => id !== undefined && free(id));
  const numbering = new Numbering();
  return heads.map(({ kind }, index) => named[index] || free(numbering.take(kind)));
}
