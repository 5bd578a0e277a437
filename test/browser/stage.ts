/**
 * The page on a scripted server, in a real browser under the real policy: one server and one tab for a file of tests, since
 * starting them costs more than most tests; each test opens the page anew and fails where the browser complained.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { bundle } from "../../server/http/assets.ts";
import type { Request } from "../../server/protocol.ts";
import { launch, openPage } from "./chromium.ts";
import { FakeServer } from "./fake-server.ts";
import { path } from "./story.ts";

export class Stage {
  server!: FakeServer;
  page!: Page;
  /** What the browser itself writes to the console because of what a test does on purpose. */
  forgiven = /(?!)/;

  /** To be made in a `describe`, whose tests it prepares and clears away after. */
  constructor() {
    let browser: Browser | undefined;
    let faults: string[];
    beforeAll(async () => {
      this.server = new FakeServer(await bundle());
      [browser] = await Promise.all([launch(), this.server.listen()]);
      ({ page: this.page, faults } = await openPage(browser));
    });
    afterAll(async () => {
      await browser?.close();
      await this.server?.close();
    });
    beforeEach(() => {
      this.server.reset();
      faults.length = 0;
      this.forgiven = /(?!)/;
    });
    afterEach(async () => {
      await this.page.evaluate(() => localStorage.clear());
      await this.page.goto("about:blank");
      expect(faults.filter((each) => !this.forgiven.test(each))).toEqual([]);
    });
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.server.origin}/notebook/${path}`);
    await this.live();
  }

  live(): Promise<void> {
    return this.page.locator('[data-link="live"]').waitFor();
  }

  readonly cell = (id: string): Locator => this.page.locator(`pal-cell[data-cell="${id}"]`);
  readonly editor = (id: string): Locator => this.cell(id).locator(".cm-content");
  readonly status = (id: string): Promise<string | null> => this.cell(id).getAttribute("data-status");
  readonly asked = <T extends Request["type"]>(type: T): Extract<Request, { type: T }>[] =>
    this.server.requests.filter((each): each is Extract<Request, { type: T }> => each.type === type);
  readonly textOf = async (id: string): Promise<string> =>
    (await this.editor(id).locator(".cm-line").allTextContents()).join("\n");
  /** The vertical place of a cell, which what happens above it must not change. */
  readonly top = async (id: string): Promise<number | undefined> => (await this.cell(id).boundingBox())?.y;

  /** The cell that has the focus, and whether it is its text. */
  readonly focused = (): Promise<string> =>
    this.page.evaluate(() => {
      let at = document.activeElement;
      let id: string | null | undefined;
      while (at?.shadowRoot?.activeElement) {
        at = at.shadowRoot.activeElement;
        id = at.getAttribute("data-cell") ?? id;
      }
      return `${id} ${at?.localName === "article" ? "cell" : "text"}`;
    });
}
