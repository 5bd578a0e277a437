/**
 * `palimpsest export --folder site/`: a page for each notebook and record that is named, and an index of all pages in the folder.
 * A folder of notebooks stands for those in it that have something to show.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { RECORD_JSON } from "../records/record.ts";
import { fileStem } from "../session/names.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";
import { indexEntry, indexPage } from "../share/index-page.ts";
import type { ShareOptions } from "../share/options.ts";
import { Misuse } from "./command.ts";
import { madeOf } from "./export-work.ts";

const INDEX = "index.html";

export type MadeFolder = { readonly folder: string; readonly pages: readonly string[]; readonly listed: number };

/**
 * @param targets the real paths of notebooks, records and folders of notebooks
 * @param say told about each page
 */
export async function exportFolder(
  folder: string,
  targets: readonly string[],
  options: ShareOptions,
  say: (line: string) => void,
): Promise<MadeFolder> {
  await makeFolder(folder);
  const pages: string[] = [];
  for (const { path, found } of (await Promise.all(targets.map(expanded))).flat()) {
    const name = freeName(fileStem(basename(path).replace(/\.(ts|zip)$/, "")), pages);
    const made = await madeOf(path, options, undefined).catch((error: Error) => {
      // In a folder of notebooks, one that has not run is no fault.
      if (found === "named" || !(error instanceof Misuse)) throw error;
      say(`${error.message.split(". ")[0]}. It is left out.`);
    });
    if (!made) continue;
    await writeSafely(join(folder, name), made.html, 0o644);
    pages.push(name);
    say(`${join(folder, name)}: ${made.title}`);
  }
  const entries = await entriesIn(folder);
  await writeSafely(join(folder, INDEX), indexPage(titleOf(folder), entries), 0o644);
  return { folder, pages, listed: entries.length };
}

type Target = { readonly path: string; readonly found: "named" | "in a folder" };

async function expanded(path: string): Promise<readonly Target[]> {
  const isFolder = (await stat(path)).isDirectory();
  const isRecord = await stat(join(path, RECORD_JSON)).catch(() => undefined);
  if (!isFolder || isRecord) return [{ path, found: "named" }];
  const notebooks = (await readdir(path)).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
  return notebooks.sort().map((name) => ({ path: join(path, name), found: "in a folder" }));
}

/** Pages from earlier times stay, and are listed. */
async function entriesIn(folder: string): Promise<NonNullable<ReturnType<typeof indexEntry>>[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html") && name !== INDEX);
  const entries = [];
  for (const name of names.sort()) {
    const entry = indexEntry(name, await readFile(join(folder, name), "utf8"));
    if (entry) entries.push(entry);
  }
  return entries;
}

function freeName(stem: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${stem}.html` : `${stem}-${n}.html`;
    if (!taken.includes(name) && name !== INDEX) return name;
  }
}

function titleOf(folder: string): string {
  return basename(resolve(folder));
}
