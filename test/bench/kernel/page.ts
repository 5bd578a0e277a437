/**
 * How long a user waits in the page, in a real browser with the real server: until a notebook of 300 cells can be used, and
 * until an edit at the head of a chain of 300 cells shows its value in the last one.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { executable, launch, openPage } from "../../browser/chromium.ts";
import { serve } from "../../browser/real-server.ts";
import { type Measure, measureOf, samplesOf } from "./measure.ts";

const CELLS = 300;
const ROUNDS = { count: 5, warmUp: 1 };

/** Each cell adds one to the value of the cell before, and shows it. */
const NOTEBOOK = Array.from(
  { length: CELLS },
  (_, i) =>
    `// %% c${i}\n// The cell ${i} adds one to what it needs.\nconst v${i}: number = ${i === 0 ? "0" : `v${i - 1} + 1`};\nfunction f${i}(x: number) {\n  return x * v${i};\n}\nv${i}\n`,
).join("\n");

export async function manyCells(): Promise<Measure[]> {
  if (!executable)
    throw new Error("The measures of the page need Chromium: apt-get install chromium, or set CHROMIUM.");
  const folder = await mkdtemp(join(tmpdir(), "bench-page-"));
  await writeFile(join(folder, "chain.ts"), NOTEBOOK);
  const server = await serve(folder);
  let browser: Browser | undefined;
  try {
    browser = await launch();
    const { page } = await openPage(browser);
    page.setDefaultTimeout(120_000);
    // tsx calls this function in the code that Playwright sends to the page.
    await page.addInitScript("globalThis.__name = (given) => given");
    await page.goto(server.address);
    const address = `${new URL(server.address).origin}/notebook/chain.ts`;
    await opened(page, address);
    await page.getByRole("button", { name: "Run all" }).click();
    await shown(page, CELLS - 1);
    const openings = await samplesOf(ROUNDS, () => opened(page, address));
    const scrolling = await samplesOf(ROUNDS, () => longestFrame(page));
    await page.evaluate(() => scrollTo(0, 0));
    const chains = await samplesOf(ROUNDS, (round) => changed(page, round));
    return [
      measureOf("open-300-cells-ms", openings),
      measureOf("scroll-300-frame-ms", scrolling),
      measureOf("chain-300-ms", chains),
    ];
  } finally {
    await browser?.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the request until all cells are there, the first one can be typed into, and two frames have passed without other work. */
async function opened(page: Page, address: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(
    (count) => {
      const root = document.querySelector("pal-notebook")?.shadowRoot;
      const cells = root?.querySelectorAll("pal-cell");
      const code = cells?.[0]?.shadowRoot?.querySelector("pal-code")?.shadowRoot;
      const editor = code?.querySelector("pal-editor")?.shadowRoot?.querySelector(".cm-content");
      const bar = root?.querySelector("pal-bar")?.shadowRoot?.querySelector('[data-link="live"]');
      return cells?.length === count && editor && bar;
    },
    CELLS,
    { polling: "raf" },
  );
  return page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() => requestIdleCallback(() => resolve(performance.now()), { timeout: 10_000 })),
      ),
  );
}

/** Scrolls through the notebook. @returns the longest time between two frames */
function longestFrame(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        scrollTo(0, 0);
        let longest = 0;
        let before = performance.now();
        const step = (now: number): void => {
          longest = Math.max(longest, now - before);
          before = now;
          scrollBy(0, 300);
          if (scrollY + innerHeight + 5 < document.documentElement.scrollHeight) requestAnimationFrame(step);
          else resolve(longest);
        };
        requestAnimationFrame((now) => {
          before = now;
          requestAnimationFrame(step);
        });
      }),
  );
}

/** Types a new first value and runs it. @returns milliseconds until the last cell shows what follows from it */
async function changed(page: Page, round: number): Promise<number> {
  const first = page.locator('pal-cell[data-cell="c0"] .cm-content');
  await first.click();
  await page.keyboard.press("Control+End");
  for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "End", "ArrowLeft"]) await page.keyboard.press(key);
  await page.keyboard.press("Backspace");
  await page.keyboard.type(String(round));
  await page.evaluate(() => {
    addEventListener("keydown", () => Reflect.set(window, "benchStart", performance.now()), {
      capture: true,
      once: true,
    });
  });
  const done = shown(page, CELLS - 1 + round);
  await page.keyboard.press("Control+Enter");
  return (await done) - (await page.evaluate(() => Number(Reflect.get(window, "benchStart"))));
}

/** @returns when the last cell shows the value, in milliseconds since the page was opened */
function shown(page: Page, value: number): Promise<number> {
  return page.evaluate(
    ({ last, text }) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const root = document.querySelector("pal-notebook")?.shadowRoot;
          const code = root?.querySelector(`pal-cell[data-cell="${last}"]`)?.shadowRoot?.querySelector("pal-code");
          const results = code?.shadowRoot?.querySelector("pal-results")?.shadowRoot;
          const inspector = results?.querySelector("pal-inspector")?.shadowRoot;
          if (inspector?.textContent?.trim() === text) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    { last: `c${CELLS - 1}`, text: String(value) },
  );
}
