/**
 * A shared page in a real browser, opened as a file and with the network blocked: it can be read, explored, printed and taken
 * apart, with and without JavaScript.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { palimpsest } from "../server/records/stage.ts";
import { finishedEntry, SharedStage, writtenSession } from "../server/share/stage.ts";
import { executable, launch } from "./chromium.ts";

type Opening = NonNullable<Parameters<Browser["newContext"]>[0]>;

describe.skipIf(!executable)("a shared page", () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  const faults: string[] = [];
  const requests: string[] = [];

  const open = async (file: string, options: Opening = {}): Promise<void> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
    page = await context.newPage();
    page.setDefaultTimeout(8000);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(`file://${join(folder, file)}`);
  };
  const textOf = async (download: Download): Promise<string> => readFile(await download.path(), "utf8");
  const saved = async (press: () => Promise<void>): Promise<Download> => {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    return download;
  };
  const chart = () => page.locator("pal-share-chart").first();
  const lines = () => chart().locator("pal-plot svg [aria-label=line] path");

  beforeAll(async () => {
    const stage = new SharedStage().run({
      table: [
        {
          kind: "table",
          columns: ["question", "score"],
          rows: Array.from({ length: 60 }, (_, i) => [`question, ${i}`, (i * 37) % 60]),
          total: 60,
        },
        {
          kind: "html",
          html: "<p style='color: green'>From a cell</p><script>parent.document.title = 'broken'</script>",
        },
      ],
    });
    folder = await writtenSession(stage.state);
    const weights = join(folder, ".palimpsest", "runs", "r1", "adapter");
    await mkdir(weights, { recursive: true });
    await writeFile(join(weights, "adapter_config.json"), '{"r":16}');
    await writeFile(join(folder, "small.ts"), '// %% a\nimport { show } from "palimpsest";\nshow([{ n: 3 }]);\n');
    const notebook = join(folder, "n.ts");
    const swept = join(folder, "swept.ts");
    await writeFile(
      swept,
      `// %% a
import { input, Plot, show } from "palimpsest";
const rank = input.number("rank", { value: 1 });
show([{ rank, double: 2 * rank }]);
show(Plot.plot({ marks: [Plot.dot([{ x: 1, y: rank }], { x: "x", y: "y" })] }));
`,
    );
    await finishedEntry(swept, "rank", 4);
    await finishedEntry(swept, "rank", 16);
    const outcomes = [
      await palimpsest("export", notebook, "-o", join(folder, "n.html"), "--include", "adapter"),
      await palimpsest("run", join(folder, "small.ts")),
      await palimpsest("export", join(folder, "small.ts"), "-o", join(folder, "small.html")),
    ];
    const states = await palimpsest("export", swept, "-o", join(folder, "states.html"), "--states", "rank=4,16");
    expect(states.err).toMatch(/^2 states, about [\d.]+ kB before compression: rank=4, rank=16$/m);
    expect([...outcomes, states].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    browser = await launch();
  });
  afterEach(async () => {
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
    expect(requests.splice(0).filter((each) => !/^(file|data|blob|about):/.test(each))).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("can be read without JavaScript", async () => {
    await open("n.html", { javaScriptEnabled: false });
    expect(await page.locator(".prose strong").textContent()).toBe("bold");
    expect(await page.locator(".static svg path[stroke]").first().isVisible()).toBe(true);
    expect(await page.locator("tbody tr").count()).toBe(60);
    const inside = page.locator("#inside");
    await page.getByText("What is in this file").first().click();
    expect(await inside.isVisible()).toBe(true);
    const notebook = await saved(() => page.locator("[data-download=notebook]").click());
    expect(notebook.suggestedFilename()).toBe("n.ts");
    expect(await textOf(notebook)).toContain("const run = train(rank);");
    await page.getByRole("button", { name: "Close" }).click();
    const code = page.locator("[data-cell=training] pre").first();
    expect(await code.isVisible()).toBe(false);
    await page.locator("[data-cell=training] summary").first().click();
    expect(await code.isVisible()).toBe(true);
  });

  it("draws the notebook's own charts, with a tip at the pointer", async () => {
    await open("n.html");
    await lines().nth(1).waitFor();
    expect(await page.locator(".static").first().isVisible()).toBe(false);
    const box = (await chart().locator("pal-plot svg").first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => chart().locator("[aria-label=tip] text").first().textContent()).toContain("step");
  });

  it("hides series, zooms by the pointer and by fields, and goes back", async () => {
    await open("n.html");
    await lines().nth(1).waitFor();
    await chart().locator("[data-series=vanilla]").click();
    await expect.poll(() => lines().count()).toBe(1);
    await chart().locator("[data-series=vanilla]").click();
    await expect.poll(() => lines().count()).toBe(2);
    const points = async () => (await chart().locator("pal-plot").getAttribute("data-points"))?.split(" ")[0];
    expect(await points()).toBe("80");
    const box = (await chart().locator("pal-plot svg").first().boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 3 });
    await page.mouse.up();
    await expect.poll(async () => Number(await points())).toBeLessThan(25);
    expect(Number(await points())).toBeGreaterThan(10);
    await chart().locator("[data-action=whole]").click();
    await expect.poll(points).toBe("80");
    await chart().locator("[data-action=zoom]").click();
    await chart().locator("[data-zoom='0']").fill("31");
    await chart().locator("[data-zoom='0']").press("Enter");
    await expect.poll(points).toBe("20");
  });

  it("gives each chart out as a table, CSV, SVG and PNG", async () => {
    await open("n.html");
    await lines().nth(1).waitFor();
    await chart().locator("[data-action=data]").click();
    expect(await chart().locator("pal-share-table tbody tr").count()).toBe(50);
    const csv = await saved(() => chart().locator(".files [data-action=csv]").click());
    expect(csv.suggestedFilename()).toBe("curves-chart-1.csv");
    const rows = (await textOf(csv)).trim().split("\r\n");
    expect(rows[0]!.split(",").sort()).toEqual(["loss", "method", "run", "step"]);
    expect(rows).toHaveLength(81);
    const svg = await textOf(await saved(() => chart().locator("[data-action=svg]").click()));
    expect(svg).not.toContain("var(--series");
    expect(svg).toMatch(/<text [^>]*>vanilla<\/text>/);
    const png = await readFile(await (await saved(() => chart().locator("[data-action=png]").click())).path());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBeGreaterThan(600);
  });

  it("sorts, filters and pages tables, and gives them out as CSV", async () => {
    await open("n.html");
    const table = page.locator("[data-cell=table] pal-share-table");
    await table.scrollIntoViewIfNeeded();
    const firstCells = () => table.locator("tbody tr td:first-child").allTextContents();
    await expect.poll(async () => (await firstCells()).length).toBe(50);
    await table.locator("[data-action=next]").click();
    expect((await firstCells())[0]).toBe("question, 50");
    await table.getByRole("button", { name: "score" }).click();
    expect((await table.locator("tbody tr td:nth-child(2)").allTextContents()).slice(0, 3)).toEqual(["0", "1", "2"]);
    await table.getByRole("button", { name: "score" }).click();
    expect(await table.locator("tbody tr td:nth-child(2)").first().textContent()).toBe("59");
    await table.getByLabel("Filter rows").fill("57");
    expect((await firstCells()).sort()).toEqual(["question, 21", "question, 57"]);
    const csv = await textOf(await saved(() => table.locator("[data-action=csv]").click()));
    expect(csv.split("\r\n").slice(0, 2)).toEqual(["question,score", '"question, 0",0']);
  });

  it("shows HTML of a cell in a frame where no script runs", async () => {
    await open("n.html");
    const frame = page.frameLocator("iframe");
    expect(await frame.locator("p").textContent()).toBe("From a cell");
    expect(await frame.locator("p").evaluate((p) => getComputedStyle(p).color)).toBe("rgb(0, 128, 0)");
    expect(await page.title()).toBe("A small result");
  });

  it("shows controls as values, and has no control that does nothing", async () => {
    await open("n.html");
    expect(await page.locator("[data-input=rank]").textContent()).toBe("rank16");
    expect(await page.locator(".inputs :is(input, select, button)").count()).toBe(0);
  });

  it("fits a phone, and the outline navigates", async () => {
    await open("n.html", { viewport: { width: 390, height: 800 } });
    await lines().first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await page.getByRole("link", { name: "table" }).first().click();
    await expect.poll(async () => (await page.locator("#cell-table").boundingBox())!.y).toBeLessThan(200);
  });

  it("prints everything: charts that were never drawn, whole tables, and what is in the file", async () => {
    await open("n.html");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator(".static svg").first().isVisible()).toBe(true);
    expect(await page.locator("pal-share-chart").first().isVisible()).toBe(false);
    expect(await page.locator(".scroll tbody tr").last().isVisible()).toBe(true);
    expect(await page.locator("#inside").isVisible()).toBe(true);
    expect(await page.locator(".outline").isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("light");
    expect((await page.pdf()).subarray(0, 4).toString()).toBe("%PDF");
  });

  it("follows the system's theme until the reader switches it", async () => {
    await open("n.html", { colorScheme: "dark" });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe("rgb(22, 23, 22)");
    await page.locator("[data-action=theme]").click();
    await expect.poll(background).toBe("rgb(253, 252, 250)");
  });

  it("gives out the adapter, and the record, which palimpsest verify accepts", async () => {
    await open("n.html");
    await page.getByText("What is in this file").first().click();
    const adapter = await saved(() => page.getByRole("button", { name: "r1-adapter_config.json" }).click());
    expect(await textOf(adapter)).toBe('{"r":16}');
    await page.context().close();
    await open("small.html");
    await page.getByText("What is in this file").first().click();
    expect(await page.locator(".digest").textContent()).toMatch(/^[0-9a-f]{64}$/);
    const record = await saved(() => page.getByRole("button", { name: /\.zip$/ }).click());
    const archive = join(folder, "taken.zip");
    await record.saveAs(archive);
    expect(Object.keys(unzipSync(await readFile(archive)))).toContain("record.json");
    expect(await palimpsest("verify", archive)).toMatchObject({ code: 0 });
  });

  it("switches between the finished runs of a sweep", async () => {
    await open("states.html");
    const shown = async () => ({
      name: await page.locator("#states output").textContent(),
      input: await page.locator("[data-input=rank] dd").textContent(),
      double: await page.locator("pal-share-table tbody td").nth(1).textContent(),
      tick: await page.locator("pal-share-chart pal-plot").getAttribute("data-points"),
    });
    const four = { name: "rank=4", input: "4", double: "8", tick: "1" };
    await expect.poll(shown).toEqual(four);
    await page.locator("#state").fill("1");
    await expect.poll(shown).toEqual({ name: "rank=16", input: "16", double: "32", tick: "1" });
    await page.locator("#state").fill("0");
    await expect.poll(shown).toEqual(four);
  });

  it("shows the first state without JavaScript, and says which others there are", async () => {
    await open("states.html", { javaScriptEnabled: false });
    expect(await page.locator("#state").isVisible()).toBe(false);
    expect(await page.locator("#states").textContent()).toContain("2 finished runs: rank=4, rank=16");
    expect(await page.locator("tbody td").nth(1).textContent()).toBe("8");
  });
});
