/** How many bytes a folder takes. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

export function bytesBelow(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) bytes += bytesBelow(path);
      else if (entry.isFile()) bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    }
  } catch {
    // It was removed meanwhile.
  }
  return bytes;
}
