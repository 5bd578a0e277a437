/** The controls of inputs, in a real browser with the real server: a chosen value reaches the cells that use it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executable, launch, openPage } from "./chromium.ts";
import { serve } from "./real-server.ts";

const NOTEBOOK = `// %% knobs
import { input } from "palimpsest";
const tasks = input.many("tasks", { options: ["chat", "list", "refuse"], value: ["list"] });
const words = input.textarea("words", { value: "one" });
const again = input.button("Once more");
const data = input.file("data", { accept: ".txt" });
const mixture = input.table("mixture", { value: [{ task: "chat", share: 1 }] });
const noted = input.live.textarea("noted");

// %% use
const read = await data?.text();
console.log(JSON.stringify([tasks, words, again, data?.name, read, mixture, noted.value]));

// %% watch
import { signal } from "palimpsest";
while (noted.value === "" && !signal().aborted) await new Promise((resolve) => setTimeout(resolve, 20));
console.log("heard", noted.value);
`;

describe.skipIf(!executable)("controls", () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "inputs-"));
    await writeFile(join(folder, "controls.ts"), NOTEBOOK);
    server = await serve(folder);
    browser = await launch();
    ({ page, faults } = await openPage(browser));
    await page.goto(server.address);
    await page.goto(new URL("/notebook/controls.ts", server.address).href);
    await page.locator('[data-link="live"]').waitFor();
    await page.locator('[data-action="run-all"]').click();
    await page.locator('pal-input[data-input="noted"]').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const control = (name: string): Locator => page.locator(`pal-input[data-input="${name}"]`);
  const shows = (id: string, words: string): Promise<void> =>
    page.locator(`pal-cell[data-cell="${id}"]`).getByText(words).first().waitFor({ timeout: 20_000 });

  it("pass the chosen value to the cells that use it", async () => {
    await shows("use", '[["list"],"one",0,null,null,[{"task":"chat","share":1}],""]');
    await control("tasks").getByLabel("chat").check();
    await shows("use", '[["chat","list"],"one",0');
    await control("words").locator("textarea").fill("one\ntwo");
    await control("words").locator("textarea").blur();
    await shows("use", '"one\\ntwo",0');
    await control("again").getByRole("button", { name: "Once more" }).click();
    await shows("use", '"one\\ntwo",1');
    await control("mixture").getByRole("button", { name: "Add row" }).click();
    await control("mixture").getByLabel("task, row 1").fill("list");
    await control("mixture").getByLabel("task, row 1").blur();
    await shows("use", '"task":"list","share":1');
  });

  it("upload a file and clear it", async () => {
    const file = { name: "pairs.txt", mimeType: "text/plain", buffer: Buffer.from("hello salo") };
    await control("data").locator('input[type="file"]').setInputFiles(file);
    await shows("use", '"pairs.txt","hello salo"');
    await control("data").getByRole("button", { name: "Clear" }).click();
    await shows("use", "1,null,null,");
  });

  it("reach a running cell when they are live, and run nothing again", async () => {
    await control("noted").locator("textarea").pressSequentially("x");
    await shows("watch", "heard x");
    expect(await page.locator('pal-cell[data-cell="watch"]').getAttribute("data-generation")).toBe("1");
    expect(faults).toEqual([]);
  });
});
