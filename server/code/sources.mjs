/** The files that our own code consists of, and a key that changes with any of them. Plain JavaScript: it runs before TypeScript can be loaded. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Names, sizes and times stand for the contents: reading them all would take longer than what this is to save.
 * @param {readonly string[]} folders relative to the project's folder
 */
export function sourceKey(folders) {
  const hash = createHash("sha256").update(root);
  const note = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`\n${path} ${size} ${mtimeMs}`);
  };
  note("package.json");
  for (const folder of folders) for (const path of filesIn(folder)) note(path);
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") ? [] : filesIn(path);
    return /\.(ts|mjs|css|svg)$/.test(entry.name) ? [path] : [];
  });
}
