/** The code of a shared page, bundled by the exporter as one script. Each kind is bundled once per process. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A page to read, or one that can also run its notebook. */
export type PageKind = "read" | "run";

const ENTRIES: Readonly<Record<PageKind, string>> = { read: "ui/share/main.ts", run: "ui/run-in-page/shared.ts" };

const known = new Map<PageKind, Promise<string>>();

/** @throws with esbuild's messages if it does not compile */
export function shareScript(kind: PageKind): Promise<string> {
  const script = known.get(kind) ?? bundled(ENTRIES[kind]);
  known.set(kind, script);
  return script;
}

async function bundled(entry: string): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    entryPoints: [entry],
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
