/** A page that only runs its notebook, as a file with a strict policy: what `pagePart` makes, in the smallest HTML around it. */
import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { codeOf } from "../../server/in-page/bundle.ts";
import type { PagePart } from "../../server/share/page.ts";

/** @returns the address of the file */
export async function pageAlone({ payload, policy }: PagePart, record: "inside" | "absent"): Promise<string> {
  const script = await codeOf("element");
  const hash = createHash("sha256").update(script).digest("base64");
  const rules = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' ${policy["script-src"]}`,
    `worker-src ${policy["worker-src"]}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
  ];
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A notebook</title>
<meta http-equiv="Content-Security-Policy" content="${rules.join("; ")}"></head>
<body><script type="text/plain" id="carried">${payload}</script>
<pal-run-in-page for="carried" record="${record}"></pal-run-in-page>
<script>${script}</script></body></html>`;
  const file = join(await mkdtemp(join(tmpdir(), "page-alone-")), "page.html");
  await writeFile(file, html);
  return pathToFileURL(file).href;
}
