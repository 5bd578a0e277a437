/** The code of a shared page, bundled by the exporter as one script. It is bundled once per process. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

let known: Promise<string> | undefined;

/** @throws with esbuild's messages if it does not compile */
export function shareScript(): Promise<string> {
  known ??= bundled();
  return known;
}

async function bundled(): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    entryPoints: ["ui/share/main.ts"],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles[0]!.text;
}
