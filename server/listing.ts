/** The notebooks of a folder and what the start page shows of each: title, summary, size, whether it is open. */
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { firstHeading, headingOf } from "./notebook/source/heading.ts";
import type { Cell } from "./notebook/types.ts";
import type { NotebookListing } from "./protocol.ts";
import { readNotebook } from "./session/notebook-reading.ts";
import type { OpenNotebook } from "./session/open-notebook.ts";

type Listed = NotebookListing["notebooks"][number];

const SKIPPED = new Set(["node_modules", "dist", "build"]);
/** Folders below the workspace that are searched. */
const DEPTH = 4;
/** Characters of a summary; the rest is cut off. */
const LONGEST = 280;

/** @param openNotebook a notebook that is open, by its path with forward slashes */
export async function listNotebooks(
  folder: string,
  openNotebook: (path: string) => Promise<OpenNotebook | undefined>,
): Promise<Listed[]> {
  const listed: Listed[] = [];
  for await (const path of typescriptFiles(folder)) {
    const full = join(folder, path);
    const read = await readNotebook(full).catch(() => undefined);
    if (!read || !/^\/\/[ \t]*%%/m.test(read.text)) continue;
    const name = path.split(sep).join("/");
    const open = await openNotebook(name);
    const kernel = await open?.kernelUse();
    const cells = "notebook" in read ? read.notebook.cells : [];
    const { mtimeMs } = await stat(full).catch(() => ({ mtimeMs: 0 }));
    listed.push({
      path: name,
      ...titleAndSummary(cells, name),
      cells: cells.length,
      modified: mtimeMs,
      open: open !== undefined,
      running: open?.session.state.cells.some((cell) => cell.status === "running") ?? false,
      ...(kernel && { kernel }),
    });
  }
  return listed.sort((a, b) => a.path.localeCompare(b.path));
}

/** The first heading of the markdown, or the path if there is none, and the first paragraph below it. */
function titleAndSummary(cells: readonly Cell[], path: string): Pick<Listed, "title" | "summary"> {
  const prose = cells.flatMap((cell) => (cell.kind === "markdown" ? [cell.source] : [])).join("\n\n");
  const title = firstHeading(prose)?.text;
  const lines = prose.split("\n");
  const below = lines.slice(lines.findIndex((line) => title !== undefined && headingOf(line)?.text === title) + 1);
  const summary = firstParagraph(below);
  return { title: title ?? path, summary: summary.length > LONGEST ? `${summary.slice(0, LONGEST - 1)}…` : summary };
}

/** Empty if a heading comes first. */
function firstParagraph(lines: readonly string[]): string {
  const paragraph: string[] = [];
  for (const line of lines) {
    if (headingOf(line)) break;
    if (line.trim() !== "") paragraph.push(line.trim());
    else if (paragraph.length > 0) break;
  }
  // Marks of code and emphasis would be shown as they are.
  return paragraph.join(" ").replace(/[`*]/g, "");
}

/** Paths relative to the root; hidden files and folders are left out. */
async function* typescriptFiles(root: string, folder = "", depth = 0): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEPTH) yield* typescriptFiles(root, path, depth + 1);
    else if (entry.isFile() && entry.name.endsWith(".ts")) yield path;
  }
}
