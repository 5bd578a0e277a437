/** The server is killed and started again while a page is open: the page continues, and nothing that was typed is lost. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { redirectTo } from "../../server/command/open-browser.ts";
import { until } from "../server/until.ts";
import { executable, launch, openPage } from "./chromium.ts";
import { freePort, serve } from "./real-server.ts";

const NOTEBOOK = "// %% [markdown]\n// # Restart\n\n// %% a\nconst a = 1;\n\n// %% b\nconst b = 2;\n";

describe.skipIf(!executable)("a page whose server is killed and started again", () => {
  let folder: string;
  let port: number;
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "restart-"));
    await writeFile(join(folder, "n.ts"), NOTEBOOK);
    port = await freePort();
    server = await serve(folder, port);
    ({ page } = await openPage(browser));
    await page.goto(server.address);
    await page.goto(`http://127.0.0.1:${port}/notebook/n.ts`);
    await live();
  });
  afterEach(async () => {
    await page.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const live = (): Promise<void> => page.locator('[data-link="live"]').waitFor({ timeout: 20_000 });
  const editor = (id: string): Locator => page.locator(`pal-cell[data-cell="${id}"] .cm-content`);
  const file = (): Promise<string> => readFile(join(folder, "n.ts"), "utf8");
  const text = async (id: string): Promise<string> =>
    (await editor(id).locator(".cm-line").allTextContents()).join("\n");

  async function killed(): Promise<void> {
    await server.kill();
    await page.locator('[data-link="reconnecting"]').waitFor();
  }

  async function typed(id: string, words: string): Promise<void> {
    await editor(id).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(words);
    await page.waitForTimeout(400);
  }

  it("goes on with the text that was typed meanwhile, at the same address, and saves it", async () => {
    const first = server.address;
    await killed();
    await typed("b", "// typed while it was gone");
    server = await serve(folder, port);
    expect(server.address).not.toBe(first);
    await live();
    await until(async () => (await file()).includes("const b = 2;// typed while it was gone"));
    expect(await text("b")).toBe("const b = 2;// typed while it was gone");
    await typed("b", " and after");
    await until(async () => (await file()).includes("gone and after"));
  });

  it("has the text after a reload of the tab, once, and merges what changed in the file", async () => {
    await killed();
    await typed("b", "// kept");
    page.on("dialog", (dialog) => void dialog.accept());
    await page.reload().catch(() => undefined);
    await writeFile(join(folder, "n.ts"), NOTEBOOK.replace("const b = 2;", "// above\nconst b = 2;"));
    server = await serve(folder, port);
    await page.goto(`http://127.0.0.1:${port}/notebook/n.ts`);
    await live();
    await until(async () => (await file()).includes("// above\nconst b = 2;// kept\n"));
    expect(await text("b")).toBe("// above\nconst b = 2;// kept");
    // What is saved is not sent again.
    await writeFile(join(folder, "n.ts"), NOTEBOOK);
    await until(async () => (await text("b")) === "const b = 2;");
    await page.reload();
    await live();
    await page.waitForTimeout(500);
    expect(await text("b")).toBe("const b = 2;");
  });

  it("warns before it is left only while something is unsaved", async () => {
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.type());
      void dialog.accept();
    });
    await typed("b", "1");
    await until(async () => (await file()).includes("const b = 2;1"));
    await page.reload();
    await live();
    expect(dialogs).toEqual([]);
    await editor("b").click();
    await killed();
    await typed("b", "2");
    await page.reload().catch(() => undefined);
    expect(dialogs).toEqual(["beforeunload"]);
  });

  it("refuses a page of another workspace at the same port, and takes it back when its own is served again", async () => {
    await killed();
    await typed("b", "// mine");
    const other = await mkdtemp(join(tmpdir(), "other-"));
    await writeFile(join(other, "n.ts"), NOTEBOOK);
    server = await serve(other, port);
    await page.locator('[data-link="gone"]').waitFor({ timeout: 20_000 });
    await server.close();
    expect(await readFile(join(other, "n.ts"), "utf8")).toBe(NOTEBOOK);
    server = await serve(folder, port);
    await live();
    await until(async () => (await file()).includes("const b = 2;// mine"));
  });

  it("is opened by a file that only the user can read, in which a token works although the file is another site", async () => {
    const path = join(folder, "open.html");
    await writeFile(path, redirectTo(server.address), { mode: 0o600 });
    const fresh = await browser.newContext();
    const opened = await fresh.newPage();
    await opened.goto(pathToFileURL(path).href);
    await opened.locator("pal-start").waitFor();
    expect(new URL(opened.url()).search).toBe("");
    await fresh.close();
  });

  it("keeps the secret of its cookie and everything in .palimpsest to the user", async () => {
    const state = join(process.env.XDG_STATE_HOME!, "palimpsest");
    for (const name of await readdir(state)) expect((await stat(join(state, name))).mode & 0o077).toBe(0);
    expect((await stat(state)).mode & 0o077).toBe(0);
    const own = join(folder, ".palimpsest");
    for (const each of [own, ...(await readdir(own, { recursive: true })).map((name) => join(own, name))])
      expect([each, (await stat(each)).mode & 0o077]).toEqual([each, 0]);
    const cookies = await page.context().cookies();
    expect(cookies.map(({ value }) => value)).not.toContain(new URL(server.address).searchParams.get("token"));
  });
});
