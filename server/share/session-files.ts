/** The files of a session that a shared page may contain: the adapters of its runs, and all their rows. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile } from "../session/read-file.ts";
import { runsIn } from "../state/at-rest.ts";
import type { IncludedPart } from "./options.ts";
import type { AttachedFile } from "./page.ts";
import type { Shared } from "./shared.ts";

/** In bytes, of one file. */
const MOST = 256e6;

/** Of the runs that the page shows. Their folders must lie in the workspace. */
export async function filesOfSession(
  workspace: string,
  { cells, runs }: Shared,
  included: readonly IncludedPart[],
): Promise<AttachedFile[]> {
  const files: AttachedFile[] = [];
  const shown = new Set(cells.flatMap(({ outputs }) => outputs.flatMap(runsIn)));
  for (const { info, rows } of Object.values(runs)) {
    if (!shown.has(info.id)) continue;
    if (included.includes("rows")) {
      const content = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      files.push({
        name: `${info.id}-rows.jsonl`,
        type: "application/jsonl",
        what: "rows",
        bytes: content.length,
        content,
      });
    }
    if (!included.includes("adapter")) continue;
    const folder = join(workspace, info.folder, "adapter");
    const names = (await readdir(folder).catch(() => [])).sort();
    for (const name of names) {
      if (!(await stat(join(folder, name))).isFile()) continue;
      const content = await readRegularFile(join(folder, name), { inside: workspace, most: MOST });
      const type = "application/octet-stream";
      files.push({ name: `${info.id}-${name}`, type, what: "adapter", bytes: content.length, content });
    }
  }
  return files;
}
