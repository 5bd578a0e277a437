/** Bundles the code of a page that stands alone as one classic script. It is kept like the rest of our compiled code. */
import type { BuildOptions } from "esbuild";
import { compiledFiles } from "./compiled-folder.mjs";
import { root } from "./sources.mjs";

/** The script is the same as long as this process lives. */
const known = new Map<string, Promise<string>>();

/**
 * @param kind a word for the script
 * @param entry the path of its first file, in the project
 * @throws with esbuild's messages if it does not compile
 */
export function pageScript(kind: string, entry: string, options: BuildOptions = {}): Promise<string> {
  const script = known.get(kind) ?? bundled(kind, entry, options);
  known.set(kind, script);
  return script;
}

async function bundled(kind: string, entry: string, options: BuildOptions): Promise<string> {
  const files = await compiledFiles(kind, ["cells", "server", "ui"], async () => {
    const { build } = await import("esbuild");
    const { outputFiles = [] } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: "script.js",
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: "es2022",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
      ...options,
    });
    return outputFiles;
  });
  return new TextDecoder().decode(files.get("script.js"));
}
