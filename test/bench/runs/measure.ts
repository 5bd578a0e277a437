/**
 * Measures the page of runs in a real Chromium with the real server: 1,000 synthetic runs with 300 rows each. Each sample is a new
 * page. Times are measured in the page: from the start of the navigation, or from the input, until the result is on the screen.
 */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launch, openPage } from "../../browser/chromium.ts";
import { serve } from "../../browser/real-server.ts";
import { syntheticRun, writeRun } from "../../server/registry/written-run.ts";

const RUNS = 1000;
const SAMPLES = 15;
const FILTERS = ["vanilla", "loss<0.5", "/-00000[1-5]-/", "status:failed", "rank=8 -vanilla"];
const BARS = { "open-1000-runs-ms": 1000, "filter-ms": 100, "compare-10-ms": 500 } as const;

type Measured = { readonly median: number; readonly bar?: number; readonly samples: readonly number[] };

export async function bench(): Promise<Readonly<Record<string, Measured>>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "bench-runs-")));
  const keys: string[] = [];
  for (let n = 0; n < RUNS; n += 1) keys.push(await writeRun(folder, syntheticRun(n)));
  const server = await serve(folder);
  const browser = await launch();
  try {
    const { page, faults } = await openPage(browser);
    await page.goto(server.address);
    const at = (path: string): string => new URL(path, server.address).href;
    const compared = `/runs/compare?${new URLSearchParams(
      keys
        .filter((_, n) => n % 97 === 0)
        .slice(0, 10)
        .map((key) => ["runs", key]),
    )}`;
    const first = await opened(page, at("/runs"), "list");
    const samples = { open: [] as number[], filter: [] as number[], compare: [] as number[] };
    for (let i = 0; i < SAMPLES; i += 1) {
      samples.open.push(await opened(page, at("/runs"), "list"));
      samples.filter.push(await filtered(page, FILTERS[i % FILTERS.length]!));
      samples.compare.push(await opened(page, at(compared), "comparison"));
    }
    if (faults.length > 0) throw new Error(`The browser logged errors:\n${faults.join("\n")}`);
    return {
      "open-1000-runs-ms": measured(samples.open, BARS["open-1000-runs-ms"]),
      "filter-ms": measured(samples.filter, BARS["filter-ms"]),
      "compare-10-ms": measured(samples.compare, BARS["compare-10-ms"]),
      // The first page after the start of the server, which may still be reading all runs.
      "open-first-ms": measured([first]),
    };
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Opens an address. @returns the page's own time, since the navigation began, of the frame that shows all of it: the rows and the
 * number of all runs, or every chart of the comparison.
 */
async function opened(page: Page, address: string, what: "list" | "comparison"): Promise<number> {
  await page.goto(address, { waitUntil: "commit" });
  return page.evaluate(async (awaited) => {
    for (;;) {
      const list = document.querySelector("pal-runs")?.shadowRoot;
      const rows = list?.querySelector("pal-runs-table")?.shadowRoot?.querySelectorAll("[data-row]").length ?? 0;
      const charts = document.querySelector("pal-compare")?.shadowRoot?.querySelectorAll("pal-run-curves") ?? [];
      const isListed = rows > 10 && list?.querySelector(".count")?.textContent === "1000 runs";
      const isCompared =
        charts.length > 3 && [...charts].every((chart) => Number((chart as HTMLElement).dataset.points) > 0);
      if (awaited === "list" ? isListed : isCompared) break;
      if (performance.now() > 30_000) throw new Error(`The ${awaited} did not appear within 30 s.`);
      await new Promise(requestAnimationFrame);
    }
    await new Promise((done) => setTimeout(done));
    return performance.now();
  }, what);
}

/** From the input to the frame after the list has changed. */
async function filtered(page: Page, text: string): Promise<number> {
  return page.evaluate(async (filter) => {
    const root = document.querySelector("pal-runs")!.shadowRoot!;
    const input = root.querySelector<HTMLInputElement>("[name=filter]")!;
    const count = root.querySelector(".count")!;
    const before = count.textContent;
    const begun = performance.now();
    input.value = filter;
    input.dispatchEvent(new InputEvent("input"));
    while (count.textContent === before) {
      if (performance.now() - begun > 5000) throw new Error(`The filter ${filter} changed nothing.`);
      await new Promise(requestAnimationFrame);
    }
    await new Promise((done) => setTimeout(done));
    return performance.now() - begun;
  }, text);
}

function measured(samples: readonly number[], bar?: number): Measured {
  const sorted = [...samples].sort((a, b) => a - b);
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    median: round(sorted[Math.floor(sorted.length / 2)]!),
    ...(bar !== undefined && { bar }),
    samples: samples.map(round),
  };
}
