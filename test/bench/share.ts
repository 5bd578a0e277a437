/**
 * A shared page of `experiments/radis.ts`: how large the file is as a mail or a web server compresses it, and how long it takes in
 * a new tab of Chromium, from a file and without a network, until its first chart is drawn and can be explored. And how large the
 * file is, as it is, if it carries what runs the notebook, and how long a training step takes there, compared with a kernel process.
 *
 * The notebook is run whole first, which takes minutes. `PALIMPSEST_RECORD` names a record of it that is there already.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { runningPart } from "../../server/command/running-part.ts";
import { DEFAULT_OPTIONS } from "../../server/share/options.ts";
import { pageOfRecord } from "../../server/share/pages.ts";
import { launch } from "../browser/chromium.ts";
import { type Measure, measureOf, samplesOf } from "./kernel/measure.ts";
import { inPageMeasures } from "./share/in-page.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = { count: 15, warmUp: 2 };

export async function bench(): Promise<{ measures: readonly Measure[] }> {
  const folder = await mkdtemp(join(tmpdir(), "bench-share-"));
  const browser = await launch();
  try {
    const record = process.env.PALIMPSEST_RECORD ?? (await recorded(folder));
    const { html, gzip } = await pageOfRecord(record, DEFAULT_OPTIONS, runningPart);
    const page = join(folder, "page.html");
    await writeFile(page, html);
    const opening = await samplesOf(ROUNDS, () => openingTime(browser, page));
    const carried = await pageOfRecord(record, { ...DEFAULT_OPTIONS, included: ["training"] }, runningPart);
    const { "step-in-page ÷ step-in-node": step } = await inPageMeasures();
    return {
      measures: [
        measureOf("open-ms", opening),
        measureOf("size-kb", [gzip / 1024]),
        measureOf("size-with-training-kb", [carried.bytes / 1024]),
        measureOf("step-in-page ÷ step-in-node", step!.samples),
      ],
    };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** In milliseconds since the navigation began. The charts are in view at once, so that they are drawn at once. */
async function openingTime(browser: Browser, file: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  try {
    const page = await context.newPage();
    await page.goto(`file://${file}#cell-curves`, { waitUntil: "commit" });
    const opened = await page.waitForFunction(() => {
      const chart = document.querySelector("#cell-curves pal-share-chart");
      const drawn = chart?.shadowRoot?.querySelector("pal-plot")?.getAttribute("data-points");
      return drawn ? performance.now() : undefined;
    });
    return Number(await opened.jsonValue());
  } finally {
    await context.close();
  }
}

async function recorded(folder: string): Promise<string> {
  const filter = (path: string): boolean => basename(path) !== ".palimpsest";
  await cp(join(ROOT, "experiments"), folder, { recursive: true, filter });
  const command = [join(ROOT, "server", "palimpsest.mjs"), "run", "radis.ts"];
  const child = spawn(process.execPath, command, { cwd: folder, stdio: "ignore" });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`palimpsest run radis.ts ended with ${code}.`);
  const records = join(folder, ".palimpsest", "records");
  const [id = ""] = await readdir(records);
  return join(records, id);
}
