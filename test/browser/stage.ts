/**
 * The page in a real browser, with a scripted server and the real content security policy. A test file has one server and
 * one tab, because starting them takes longer than most tests. Each test opens the page again, and fails when the browser
 * logged an error or a warning.
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
  /** Messages that the browser logs because of what a test does on purpose. */
  expectedFaults = /(?!)/;

  /** Create it inside a `describe`: it sets up and cleans up the tests there. */
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
      this.expectedFaults = /(?!)/;
    });
    afterEach(async () => {
      await this.page.evaluate(() => {
        localStorage.clear();
        sessionStorage.clear();
        // A page keeps what it could not send when it is left; the next test has the same tab and the same notebook.
        Storage.prototype.setItem = () => undefined;
      });
      await this.page.goto("about:blank");
      expect(faults.filter((each) => !this.expectedFaults.test(each))).toEqual([]);
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
  /** The vertical position of a cell. What happens above the cell must not change it. */
  readonly top = async (id: string): Promise<number | undefined> => (await this.cell(id).boundingBox())?.y;

  /** The cell that has the focus, and whether the cell itself or its text has it. */
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
