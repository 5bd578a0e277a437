/** An experiment is saved in a real browser with the real server: find it in the list, verify it, see its badge, open it again. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { palimpsest } from "../server/records/stage.ts";
import { executable } from "./chromium.ts";
import { type PageStage, pageStage } from "./page-stage.ts";

const NOTEBOOK = `// %% [markdown]
// # Doubled

// %% knobs
import { input, report, show } from "palimpsest";
const factor = input.number("factor", { value: 2 });

// %% doubled
const doubled = 21 * factor;
show(doubled);

// %% other
report([{ method: "other", value: factor + 1 }]);
`;

describe.skipIf(!executable)("saving an experiment", () => {
  let folder: string;
  let stage: PageStage;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    stage = await pageStage("save-page", (folder) => writeFile(join(folder, "n.ts"), NOTEBOOK), "--backend", "cpu");
    ({ folder, page, faults } = stage);
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    await stage.go("/notebook/n.ts");
    await page.locator('[data-link="live"]').waitFor();
  });
  const action = (name: string) => page.locator(`[data-action=${name}]`);
  const picture = async (name: string): Promise<void> => {
    const where = process.env.PALIMPSEST_PICTURES;
    if (where === undefined) return;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(where, `${name}-${colorScheme}.png`) });
    }
  };

  it("runs first what has not run, saves, finds it in the list, and shows the badge of its certificate", async () => {
    await action("save-experiment").click();
    await page.locator("[data-unfinished='3']").getByText("3 cells have not run: knobs, doubled, other.").waitFor();
    await picture("dialog");
    await action("run-first").click();
    await page.locator("[data-unfinished]").waitFor({ state: "detached" });
    await page.locator("dialog [name=name]").fill("Twice the answer");
    await page.locator("dialog [name=note]").fill("The first try.");
    await action("save").click();
    await page.locator("dialog [data-link-to=record]").waitFor();
    await action("close-saved").click();

    await stage.go("/runs");
    await page.locator("[data-link-to=records]").click();
    const row = page.locator("[data-record]");
    expect(await row.locator(".badge").textContent()).toBe("not verified");
    expect(await row.textContent()).toContain("The first try.");
    await picture("list");
    await row.locator("a").click();
    await page.locator("[data-certificate=none]").waitFor();
    const command = await page.locator("p > code").textContent();
    const record = command?.replace("npx palimpsest verify ", "") ?? "";
    expect(record.startsWith(join(folder, ".palimpsest", "records"))).toBe(true);
    expect(await palimpsest("verify", record)).toMatchObject({ code: 0 });
    await page.reload();
    await page.locator("[data-certificate=identical]").waitFor();
    await picture("record");
    expect(await page.locator(".badge").textContent()).toBe("identical");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Twice the answer");
    expect(faults).toEqual([]);
  }, 20_000);

  it("shares the notebook, and the record on its page", async () => {
    await action("share").click();
    await page.locator("dialog [name=note]").fill("For the meeting.");
    await page.locator("dialog [name=code]").selectOption("shown");
    await picture("share");
    const [shared] = await Promise.all([page.waitForEvent("download"), action("make-share").click()]);
    expect(shared.suggestedFilename()).toBe("n.html");
    const html = await readFile(await shared.path(), "utf8");
    expect(html).toContain("For the meeting.");
    expect(html).toContain('<details class="code" open>');
    expect(html).toMatch(/data-cell="doubled" data-mark="fresh"/);
    expect(html).not.toContain(folder);
    await action("close-share").click();
    await stage.go("/records");
    await page.locator("[data-record] a").first().click();
    await action("share").click();
    const [recorded] = await Promise.all([page.waitForEvent("download"), action("make-share").click()]);
    const text = await readFile(await recorded.path(), "utf8");
    expect(text).toContain('class="digest"');
    expect(text).toContain('<span class="badge good">identical</span>');
    expect(faults).toEqual([]);
  }, 20_000);

  it("saves chosen cells with what they need as a notebook of their own, and opens a record and its archive inert", async () => {
    await action("save-experiment").click();
    await page.locator("dialog [value=chosen]").check();
    expect(await action("save").isDisabled()).toBe(true);
    await page.locator("dialog [value=doubled]").check();
    expect(await page.locator("dialog [value=knobs]").isChecked()).toBe(true);
    expect(await page.locator("dialog [value=other]").isChecked()).toBe(false);
    await picture("chosen");
    await page.locator("dialog [name=name]").fill("Only doubled");
    await action("save").click();
    await page.locator("dialog [data-link-to=notebook]").getByText("only-doubled.ts").waitFor();
    await page.locator("dialog [data-link-to=record]").click();
    // Forked with another name, and the inputs of the record.
    const record = page.url();
    await action("fork").click();
    await page.locator("[name=fork-name]").fill("Another try");
    await action("make-fork").click();
    await page.locator('pal-cell[data-cell="doubled"]').waitFor();
    expect(new URL(page.url()).pathname).toBe("/notebook/another-try.ts");
    expect(await page.locator("[data-kernel=off]").count()).toBe(1);
    await page.goto(record);
    const [download] = await Promise.all([page.waitForEvent("download"), action("download").click()]);
    const archive = join(folder, "received.zip");
    await download.saveAs(archive);
    await action("open-notebook").click();
    await page.locator('pal-cell[data-cell="doubled"]').waitFor();
    expect(new URL(page.url()).pathname).toBe("/notebook/only-doubled/only-doubled.ts");
    expect(await page.locator("pal-cell[data-cell]").count()).toBe(2);
    expect(await page.locator("[data-kernel=off]").count()).toBe(1);

    await stage.go("/");
    await page.locator("pal-archive-opener input").setInputFiles(archive);
    await page.locator('pal-cell[data-cell="doubled"]').waitFor();
    expect(new URL(page.url()).pathname).toBe("/notebook/received/only-doubled.ts");
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["only-doubled.ts", "only-doubled", "received"]));
    await stage.go("/");
    await picture("start");
    const dataTransfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["no archive"], "x.zip"));
      return transfer;
    });
    await page.locator("body").dispatchEvent("dragover", { dataTransfer });
    await page.getByText("Drop the archive of a record here.").waitFor();
    await page.locator("body").dispatchEvent("drop", { dataTransfer });
    await page.getByRole("alert").getByText("is not a zip archive").waitFor();
    expect(faults.filter((each) => !each.includes("409"))).toEqual([]);
  }, 20_000);
});
