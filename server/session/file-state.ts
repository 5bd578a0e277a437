/**
 * The state of a file that a cell read: its content as a digest. The content alone decides whether a file has changed. For large
 * files, such as the weights of a model, an unchanged mark (place on the disk, size, times) saves reading them again.
 */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream, readdirSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";

export type FileState = {
  /** SHA-256 of the content; of a folder, of the names in it. `missing`, or `unreadable`, also for what is no file or folder. */
  readonly digest: string;
  /** Changes with every write. Empty if it cannot be relied on. */
  readonly mark: string;
};

/** Smaller files are always compared by content. */
const LARGE = 16 * 2 ** 20;
/** Nanoseconds. The clock of a file system may be this coarse: a later write could leave the times as they are. */
const COARSE = 2_000_000_000n;

/** Without waiting, for the moment of a read. */
export function markOf(path: string): string {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!found) return "missing";
    return found.isDirectory() ? digestOfNames(readdirSync(path)) : asMark(found);
  } catch {
    return "unreadable";
  }
}

/** @param known an earlier state of this file */
export async function fileState(path: string, known?: FileState): Promise<FileState> {
  try {
    const found = await stat(path, { bigint: true });
    if (found.isDirectory()) {
      const digest = digestOfNames(await readdir(path));
      return { digest, mark: digest };
    }
    const mark = asMark(found);
    if (known && found.size >= LARGE && known.mark === mark) return known;
    const settled = BigInt(Date.now()) * 1_000_000n - found.ctimeNs > COARSE;
    const digest = await contentOf(path, found);
    return { digest, mark: settled ? mark : "" };
  } catch (error) {
    const missing = error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    return { digest: missing ? "missing" : "unreadable", mark: "" };
  }
}

function asMark({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Without what Palimpsest itself puts there: its own folder, and files that are being written. */
function digestOfNames(names: readonly string[]): string {
  const others = names.filter((name) => name !== ".palimpsest" && !/^\..*\.new$/.test(name));
  return createHash("sha256").update(others.sort().join("\n")).digest("hex");
}

async function contentOf(path: string, found: BigIntStats): Promise<string> {
  // A pipe would never end.
  if (!found.isFile()) return "unreadable";
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest("hex");
}
