/**
 * Makes an example of a shared page from a record of radis.ts, and the README's picture of it, experiments/shared.png.
 *
 *     npx palimpsest run experiments/radis.ts
 *     npx tsx test/browser/share-example.ts <record> [page.html] [picture.png]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { main } from "../../server/main.ts";
import { launch, openPage } from "./chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { positionals } = parseArgs({ allowPositionals: true });
const temporary = await mkdtemp(join(tmpdir(), "palimpsest-example-"));
const [record, page = join(temporary, "radis.html"), picture = join(root, "experiments", "shared.png")] = positionals;
if (record === undefined) throw new Error("Name a record of radis.ts.");

const code = await main(["export", record, "-o", page, "--licence", "Apache-2.0"]);
if (code !== 0) throw new Error(`palimpsest export ended with ${code}.`);
const browser = await launch();
try {
  const { page: tab, faults } = await openPage(browser);
  await tab.goto(`file://${resolve(page)}#cell-curves`);
  await tab.locator("#cell-curves pal-share-chart pal-plot[data-points]").nth(3).waitFor();
  await tab.getByRole("button", { name: "What is in this file" }).click();
  await tab.waitForTimeout(500);
  await tab.screenshot({ path: picture });
  if (faults.length > 0) throw new Error(`The browser logged errors:\n${faults.join("\n")}`);
} finally {
  await browser.close();
  await rm(temporary, { recursive: true, force: true });
}
