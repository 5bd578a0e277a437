/** The types of compiled-folder.mjs. */
import type { OutputFile } from "esbuild";

export declare function compiledFolder(
  kind: string,
  sources: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string>;
export declare function compiledFiles(
  kind: string,
  sources: readonly string[],
  make: () => Promise<readonly Pick<OutputFile, "path" | "contents">[]>,
): Promise<ReadonlyMap<string, Uint8Array>>;
