/**
 * The page's code and styles: bundled once, when the server starts, and held in memory. So nobody can forget a build step, and
 * no old bundles lie around.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export type Asset = { readonly body: Uint8Array<ArrayBuffer>; readonly type: string; readonly etag: string };

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  map: "application/json",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};

/** @returns assets by name, `main.js` is the entry. @throws with esbuild's messages if the page does not compile */
export async function bundle({
  sourcemap = false,
}: {
  readonly sourcemap?: boolean;
} = {}): Promise<ReadonlyMap<string, Asset>> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const result = await build({
    absWorkingDir: root,
    entryPoints: { main: "ui/main.ts" },
    outdir: "assets",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: !sourcemap,
    sourcemap: sourcemap ? "linked" : false,
    legalComments: "none",
    loader: { ".svg": "dataurl", ".woff2": "file" },
    logLevel: "silent",
  });
  return new Map(
    result.outputFiles.map((file) => {
      const name = file.path.split(/[\\/]/).at(-1) ?? "";
      const body = new Uint8Array(file.contents);
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
      return [name, { body, type: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream", etag }];
    }),
  );
}

/**
 * The only HTML document of the workbench. It is served at every page address; the page reads the address itself.
 * @param workspace a key of the workspace, under which the page keeps what it stores in the browser
 */
export function shell(assets: ReadonlyMap<string, Asset>, workspace = ""): string {
  const styles = assets.has("main.css") ? '<link rel="stylesheet" href="/assets/main.css">' : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="workspace" content="${workspace}">
<meta name="color-scheme" content="light dark">
<title>Palimpsest</title>
<link rel="icon" href="data:,">
${styles}
<script type="module" src="/assets/main.js"></script>
</head>
<body></body>
</html>
`;
}
