/** One training in Node and in Chromium: every row, probe and text, and the digest of the adapter, are the same bit for bit. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executable, launch } from "../browser/chromium.ts";
import { serveWorker } from "./browser.ts";
import { modelFiles, plans } from "./plan.ts";
import { type Numbers, numbers, type Plan } from "./training.ts";

type Answer = { readonly found?: readonly Numbers[]; readonly error?: string };

describe.skipIf(!executable)("the same training in Node and in Chromium", () => {
  const files = modelFiles();
  let browser: Browser;
  let served: Awaited<ReturnType<typeof serveWorker>>;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serveWorker(files)]);
  });
  afterAll(async () => {
    await browser?.close();
    served?.server.close();
  });

  async function inChromium(): Promise<readonly Numbers[]> {
    const page = await browser.newPage();
    await page.goto(served.address);
    const answer = await page.evaluate(
      (task: { plans: readonly Plan[]; names: readonly string[] }) =>
        new Promise<Answer>((resolve) => {
          const worker = new Worker("/worker.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data as Answer);
          worker.onerror = ({ message }) => resolve({ error: message });
          worker.postMessage(task);
        }),
      { plans, names: [...files.keys()] },
    );
    if (!answer.found) throw new Error(answer.error);
    return answer.found;
  }

  it("gives the same bits, on wasm and on cpu", async () => {
    const theirs = await inChromium();
    for (const [i, plan] of plans.entries()) {
      const ours = await numbers(plan, files);
      expect(ours.rows.length).toBe(plan.steps);
      expect(theirs[i]).toEqual(JSON.parse(JSON.stringify(ours)));
    }
  }, 120_000);
});
