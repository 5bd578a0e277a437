/** The types of compiled-folder.mjs. */
export declare function compiledFolder(
  kind: string,
  sources: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string>;
