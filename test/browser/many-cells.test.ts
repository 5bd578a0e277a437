/** A notebook of many cells: editors exist near the screen alone, and nobody notices. */
import { describe, expect, test } from "vitest";
import type { Cell } from "../../server/notebook/types.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

const long = `[${'"a rather long word", '.repeat(20)}];`;
const sources = [
  "Math.sqrt(1);\n\n\tif (1) {\n\t\t2;\n\t}",
  `// wraps\n${long}`,
  Array.from({ length: 12 }, (_, i) => `${i} + 1;`).join("\n"),
  "",
  Array.from({ length: 120 }, (_, i) => `${i} + 2;`).join("\n"),
];
const cells: readonly Cell[] = Array.from({ length: 120 }, (_, i) => ({
  id: `c${i}`,
  kind: "code",
  source: i === 100 ? "const needle = 'in the haystack';" : sources[i % sources.length]!,
  mode: "auto",
  options: {},
}));

describe.skipIf(!executable)("a notebook of many cells", () => {
  const stage = new Stage();
  const { cell, editor, focused, textOf } = stage;
  const editors = (): Promise<number> => stage.page.locator("pal-editor").count();
  const open = async (): Promise<void> => {
    stage.server.push({ ...story.opened, cells });
    await stage.open();
    await editor("c0").waitFor();
  };

  test("has editors only near the screen, also after scrolling through it; static code is as high as an editor", async () => {
    await open();
    const heights = new Map<string, number>();
    for (const id of ["c110", "c111", "c112", "c113", "c114"]) {
      const text = cell(id).locator(".text-box");
      expect(await cell(id).locator(".static").count()).toBe(1);
      // Laid out, but not yet with an editor.
      await stage.page.evaluate((each) => {
        const found = document.querySelector("pal-notebook")!.shadowRoot!.querySelector(`[data-cell="${each}"]`)!;
        (found as HTMLElement).style.contentVisibility = "visible";
      }, id);
      heights.set(id, (await text.boundingBox())!.height);
    }
    for (const [id, height] of heights) {
      await cell(id).scrollIntoViewIfNeeded();
      await editor(id).waitFor();
      expect((await cell(id).locator(".text-box").boundingBox())!.height, id).toBeCloseTo(height, 0);
    }
    await stage.page.evaluate(() => scrollTo(0, 0));
    await expect.poll(() => cell("c110").locator("pal-editor").count()).toBe(0);
    expect(await editors()).toBeLessThan(30);
  });

  test("an editor with something to undo stays, and undo works after scrolling away and back", async () => {
    await open();
    await editor("c0").click();
    await stage.page.keyboard.press("Control+Home");
    await stage.page.keyboard.type("typed ");
    await expect.poll(() => stage.asked("edit").length).toBe(1);
    await stage.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await stage.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await editor("c119").waitFor();
    await stage.page.waitForTimeout(300);
    await stage.page.evaluate(() => scrollTo(0, 0));
    await editor("c0").click();
    await stage.page.keyboard.press("Control+z");
    expect(await textOf("c0")).not.toContain("typed");
  });

  test("an edit from elsewhere reaches a far cell, and its editor when it comes near", async () => {
    await open();
    stage.server.push({ type: "cell-edited", cell: "c100", source: "const changed = 1;", by: "another" });
    await expect.poll(() => cell("c100").locator(".static").textContent()).toBe("const changed = 1;");
    await cell("c100").scrollIntoViewIfNeeded();
    await expect.poll(() => textOf("c100")).toBe("const changed = 1;");
  });

  test("the browser's search finds the code of far cells", async () => {
    await open();
    expect(
      await stage.page.evaluate(() => Reflect.apply(Reflect.get(window, "find"), window, ["in the haystack"])),
    ).toBe(true);
    await expect.poll(async () => (await cell("c100").boundingBox())?.y ?? -1).toBeLessThan(900);
  });

  test("the outline jumps to a far cell, and keys edit and leave it at once", async () => {
    await stage.page.setViewportSize({ width: 1500, height: 900 });
    await open();
    await stage.page
      .locator("pal-outline")
      .getByRole("button", { name: /^c90\b/ })
      .click();
    await expect.poll(() => focused()).toBe("c90 cell");
    await expect.poll(async () => Math.abs(((await cell("c90").boundingBox())?.y ?? 9999) - 80)).toBeLessThan(80);
    await stage.page.keyboard.press("Enter");
    await stage.page.keyboard.type("77 ");
    await expect.poll(() => textOf("c90")).toContain("77 ");
    // Right after typing, CodeMirror takes Escape for its list of completions.
    await stage.page.waitForTimeout(250);
    await stage.page.keyboard.press("Escape");
    await stage.page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("c91 cell");
    await stage.page.setViewportSize({ width: 1280, height: 900 });
  });

  test("a press on code without an editor puts the cursor there", async () => {
    await open();
    await stage.page.evaluate(() => {
      const root = document.querySelector("pal-notebook")!.shadowRoot!;
      // Scrolling without pause keeps editors away.
      root.querySelector('[data-cell="c60"]')!.scrollIntoView({ block: "center" });
      const keep = setInterval(() => dispatchEvent(new Event("scroll")), 30);
      setTimeout(() => clearInterval(keep), 1500);
    });
    const line = cell("c60").locator(".static .line").first();
    const box = (await line.boundingBox())!;
    await stage.page.mouse.click(box.x + 300, box.y + 10);
    await expect.poll(() => focused()).toBe("c60 text");
    await stage.page.keyboard.type("// here");
    expect((await textOf("c60")).split("\n")[0]).toBe("Math.sqrt(1);// here");
  });
});

describe.skipIf(!executable)("a narrow page", () => {
  const stage = new Stage();

  test("has a bar of two rows, and a wide one a bar of one", async () => {
    await stage.page.setViewportSize({ width: 390, height: 800 });
    stage.server.push(...story.training);
    await stage.open();
    expect((await stage.page.locator("pal-bar header").boundingBox())!.height).toBeLessThan(84);
    await stage.page.setViewportSize({ width: 1280, height: 900 });
    await expect.poll(async () => (await stage.page.locator("pal-bar header").boundingBox())!.height).toBeLessThan(60);
  });

  test("tools do not cover folded code", async () => {
    const folded = story.cells.map((each) => (each.id === "curves" ? { ...each, options: { code: "folded" } } : each));
    stage.server.push({ ...story.opened, cells: folded });
    await stage.open();
    await stage.cell("curves").hover();
    const tools = (await stage.cell("curves").locator("pal-tools").boundingBox())!;
    const line = (await stage.cell("curves").locator('[data-action="unfold"]').boundingBox())!;
    expect(line.x + line.width).toBeLessThanOrEqual(tools.x);
  });
});
