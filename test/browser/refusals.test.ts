/** What the page says when something cannot be opened or saved, with the real server. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/until.ts";
import { executable, launch, openPage } from "./chromium.ts";
import { type Served, serve } from "./real-server.ts";

const TEXT = "// %% a\nconst a = 1;\n";
/** Its log would have a name of 257 bytes. */
const LONG = `${"n".repeat(251)}.ts`;

describe.skipIf(!executable)("the page", () => {
  let folder: string;
  let server: Served;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "refusals-"));
    await writeFile(join(folder, LONG), TEXT);
    server = await serve(folder);
    browser = await launch();
    ({ page } = await openPage(browser));
    await page.goto(server.address);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => writeFile(join(folder, "n.ts"), TEXT));

  const notices = () => page.locator("pal-notices");
  async function open(path: string): Promise<void> {
    await page.goto(`${new URL(server.address).origin}/notebook/${path}`);
  }
  async function type(text: string): Promise<void> {
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText(text);
  }
  const live = (): Promise<void> => page.locator('[data-link="live"]').waitFor();

  it("opens a notebook whose log cannot be saved, and says why", async () => {
    await open(LONG);
    await live();
    await notices().getByText("read-only, since nothing can be saved here: This name is too long").waitFor();
  });

  it("gets an answer for an address that cannot be decoded", async () => {
    const answer = await page.goto(`${new URL(server.address).origin}/notebook/%E0%A4%A`);
    expect(answer?.status()).toBe(400);
    expect(await page.locator("body").textContent()).toMatch(/address of this notebook is damaged/);
  });

  it("refuses a conflict marker where it is typed, keeps the text, and saves what is typed next", async () => {
    await open("n.ts");
    await live();
    await type("\n<<<<<<< HEAD");
    await notices().getByText("line 2 is a merge conflict marker").waitFor();
    expect(await page.locator(".cm-content").textContent()).toContain("<<<<<<< HEAD");
    expect(await readFile(join(folder, "n.ts"), "utf8")).toBe(TEXT);
    for (let key = 0; key < 13; key += 1) await page.keyboard.press("Backspace");
    await type("\n// fine");
    await until(async () => (await readFile(join(folder, "n.ts"), "utf8")).includes("// fine"));
  });

  it("refuses a cell that is too long to be sent, and stays connected", async () => {
    await open("n.ts");
    await live();
    const message = await page.evaluate(async () => {
      const { session } = document.querySelector("pal-notebook") as unknown as {
        session: { edit(cell: string, source: string): Promise<void> };
      };
      return session.edit("a", `// ${"é".repeat(5e6)}`).catch((reason: Error) => reason.message);
    });
    expect(message).toMatch(/too long to be saved: 10 MB, where at most 8 MB are possible/);
    await page.waitForTimeout(500);
    await live();
    await type("// short");
    await until(async () => (await readFile(join(folder, "n.ts"), "utf8")).includes("// short"));
  });

  it("offers to save a file that was deleted in another program", async () => {
    await open("n.ts");
    await live();
    await page.waitForTimeout(300);
    await rm(join(folder, "n.ts"));
    await notices().getByText("n.ts was deleted in another program").waitFor({ timeout: 15_000 });
    await notices().getByRole("button", { name: "Save" }).click();
    await until(async () => (await readFile(join(folder, "n.ts"), "utf8").catch(() => "")).startsWith("// %% a"));
  });
});
