/** A folder that the real server serves, and a page of a real browser on it. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launch, openPage } from "./chromium.ts";
import { serve } from "./real-server.ts";

export type PageStage = {
  readonly folder: string;
  readonly page: Page;
  /** Errors and warnings that the browser logs. Tests expect none. */
  readonly faults: string[];
  /** Goes to a path of the server. */
  readonly go: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** @param fill writes what the folder holds before the server starts */
export async function pageStage(
  name: string,
  fill: (folder: string) => Promise<void>,
  ...options: readonly string[]
): Promise<PageStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${name}-`)));
  await fill(folder);
  const server = await serve(folder, undefined, ...options);
  const browser = await launch();
  const { page, faults } = await openPage(browser);
  await page.goto(server.address);
  return {
    folder,
    page,
    faults,
    go: async (path) => void (await page.goto(new URL(path, server.address).href)),
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
