/** A page that runs a notebook, opened as a file in a real browser without a network. A test file has one browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { pagePart, type Runnable } from "../../server/in-page/page-part.ts";
import type { PagePart } from "../../server/share/page.ts";
import type { SessionState } from "../../server/state/state.ts";
import { launch } from "./chromium.ts";
import { pageAlone } from "./page-alone.ts";

export class InPageStage {
  page!: Page;
  /** Errors and warnings that the browser logs, and requests that leave the page. */
  faults: string[] = [];
  #browser: Browser | undefined;

  /** Create it inside a `describe`: it sets up and cleans up the tests there. */
  constructor() {
    beforeAll(async () => {
      this.#browser = await launch();
    });
    afterEach(() => this.page?.context().close());
    afterAll(() => this.#browser?.close());
  }

  readonly open = async (given: Runnable): Promise<void> =>
    this.openPart(await pagePart(given), given.record === undefined ? "absent" : "inside");

  readonly openPart = async (part: PagePart, record: "inside" | "absent"): Promise<void> => {
    const context = await this.#browser!.newContext({ offline: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) faults.push(request.url());
    });
    Object.assign(this, { page, faults });
    await page.goto(await pageAlone(part, record));
  };

  readonly act = (name: string): Promise<void> => this.page.locator(`[data-action=${name}]`).click();

  /** A part of the state that the page shows. */
  readonly state = <T>(part: (state: SessionState) => T): Promise<T> =>
    this.page.evaluate(
      ([source]) => {
        const element = document.querySelector("pal-run-in-page") as unknown as { session?: { state: unknown } };
        return element.session ? new Function(`return (${source})`)()(element.session.state) : undefined;
      },
      [String(part)],
    ) as Promise<T>;
}
