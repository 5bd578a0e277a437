/**
 * Loads our own code: compiled, or as TypeScript where nothing can be kept beside the packages (a folder of another user). The
 * first start of a version compiles it; `npm install` runs nothing.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compiledFolder } from "./compiled-folder.mjs";
import { root } from "./sources.mjs";

/** What a process can begin with. `cells` is what notebooks import as "palimpsest". */
const ENTRIES = {
  main: "server/main.ts",
  kernel: "server/kernel/main.ts",
  cells: "cells/index.ts",
  doctor: "server/kernel/doctor.ts",
  query: "server/registry/query-main.ts",
};

/** For a debugger, and for code that imports single files of ours. */
const asSource = process.env.PALIMPSEST_SOURCE === "1";

const folder = asSource
  ? undefined
  : await compiledFolder("code", ["cells", "server", "ui"], async (folder) => {
      const { compile } = await import("./compile.mjs");
      await compile(ENTRIES, folder);
    }).catch((error) => {
      // As TypeScript, it starts slower, but it starts.
      if (error.code === undefined) process.stderr.write(`palimpsest could not be compiled: ${error.message}\n`);
      return undefined;
    });

/** Whether TypeScript must be compiled while it is loaded. */
export const isCompiled = folder !== undefined;

/** @param {keyof typeof ENTRIES} entry @returns its URL */
export function addressOf(entry) {
  return pathToFileURL(folder === undefined ? join(root, ENTRIES[entry]) : join(folder, `${entry}.js`)).href;
}

/** @param {keyof typeof ENTRIES} entry @returns what it exports */
export async function load(entry) {
  if (!isCompiled) await loadTypeScript();
  return import(addressOf(entry));
}

export async function loadTypeScript() {
  const { register } = await import("tsx/esm/api");
  // A tsconfig.json of the folder that the command is called in must not decide which code of ours is loaded.
  register({ tsconfig: false });
}
