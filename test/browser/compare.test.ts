/** The comparison of runs in a real browser: samples that flipped, many seeds, deleted runs and seeds that failed. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeRun } from "../server/registry/written-run.ts";
import { executable } from "./chromium.ts";
import { type PageStage, pageStage } from "./page-stage.ts";

const METHODS = Array.from({ length: 10 }, (_, n) => `m${n}`);
const SEEDS = Array.from({ length: 11 }, (_, n) => n + 1);

/** @param right the numbers of the questions that are answered correctly */
const answered = (right: readonly number[]): string =>
  [
    { measure: "general", kind: "flags", better: "higher", step: 2, items: 8 },
    ...Array.from({ length: 8 }, (_, n) => ({
      prompt: `question ${n}`,
      expected: `right ${n}`,
      answer: right.includes(n) ? `right ${n}` : `<b>wrong</b> ${n}`,
      score: Number(right.includes(n)),
      group: "f",
    })),
  ]
    .map((each) => `${JSON.stringify(each)}\n`)
    .join("");

describe.skipIf(!executable)("the comparison of runs", () => {
  let stage: PageStage;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    stage = await pageStage("compare-page", async (folder) => {
      for (const [at, method] of METHODS.entries())
        for (const seed of SEEDS) {
          const general = at / 20 + seed / 1000 + ((seed * 7 + at) % 5) / 5000;
          keys[`${method} ${seed}`] = await writeRun(folder, {
            id: `${method}-${seed}`,
            method,
            seed,
            steps: 2,
            config: { seed, weight: at },
            status: method === "m3" && seed === 4 ? "failed" : "done",
            probes: [{ step: 2, general }],
          });
        }
      for (const [name, right] of [
        ["m0 1", [0, 1, 2, 3]],
        ["m1 1", [0, 1, 4, 5, 6, 7]],
      ] as const) {
        const answers = join(folder, keys[name]!, "answers");
        await mkdir(answers);
        await writeFile(join(answers, "general.jsonl"), answered(right));
      }
    });
  });
  afterAll(() => stage?.close());
  beforeEach(() => void stage.faults.splice(0));

  const columns = () => stage.page.locator("[data-measure=general] td");

  it("takes ten experiments of eleven seeds each from the list, and has the same address when a seed is added", async () => {
    const { page } = stage;
    await stage.go("/runs");
    await expect.poll(() => page.locator("[data-row]").count()).toBe(10);
    const pin = page.getByRole("button", { name: /^(Pin|Unpin) m0, / });
    await pin.click();
    await expect.poll(() => pin.getAttribute("aria-pressed")).toBe("true");
    for (const method of METHODS) await page.getByLabel(`Compare ${method}, 11 seeds`).click();
    await page.locator("[data-action=compare]").click();
    await columns().first().waitFor();
    expect(await columns().count()).toBe(10);
    expect(await page.getByRole("alert").count()).toBe(0);
    const cells = await columns().allTextContents();
    expect(cells[1]).toContain("11 seeds paired");
    // The seed that failed is said, and its experiment is not better without it.
    expect(cells[3]).toContain("seed 4: failed");
    const judgements = page.locator("[data-measure=general] [data-judgement]");
    expect(await judgements.evaluateAll((all) => all.map((each) => each.getAttribute("data-judgement")))).toEqual(
      METHODS.slice(1).map((method) => (method === "m3" ? "seeds missing" : "better")),
    );
    expect(page.url()).toContain("seeds%3A");
    await writeRun(stage.folder, { id: "m0-12", method: "m0", seed: 12, steps: 2, config: { seed: 12, weight: 0 } });
    await page.reload();
    await page.getByText("1: m0, 12 seeds").first().waitFor();
    await stage.go("/runs");
    await page.getByText("m0, 12 seeds").waitFor();
    expect(await pin.getAttribute("aria-pressed")).toBe("true");
    expect(stage.faults).toEqual([]);
  });

  it("shows which samples flipped, with their texts", async () => {
    const { page } = stage;
    await stage.go(
      `/runs/compare?${new URLSearchParams([
        ["runs", keys["m0 1"]!],
        ["runs", keys["m1 1"]!],
      ])}`,
    );
    const test = page.locator("[data-test=general]");
    await test.waitFor();
    expect(await test.locator("[data-flip]").allTextContents()).toEqual([
      "2 lost",
      "4 gained",
      "0 still wrong",
      "2 kept",
    ]);
    // binomtest(2, 6, 0.5).pvalue of SciPy.
    expect(await test.textContent()).toContain("p = 0.69");
    expect(await test.textContent()).toContain("+0.25 (95 %:");
    await test.locator("[data-flip=lost]").click();
    const items = page.locator("[data-items] .item");
    expect(await items.count()).toBe(2);
    expect(await items.first().textContent()).toMatch(
      /question 2.*expected.*right 2.*1: m0 1.*right 2.*2: m1 0.*<b>wrong<\/b> 2/s,
    );
    await stage.go(
      `/runs/compare?${new URLSearchParams([
        ["runs", keys["m0 2"]!],
        ["runs", keys["m1 2"]!],
      ])}`,
    );
    await page.locator("[data-no-answers]").waitFor();
    expect(stage.faults).toEqual([]);
  });

  it("shows the rest where a run was deleted, and says what is missing", async () => {
    const { page } = stage;
    const all = [keys["m5 1"]!, `${keys["m6 1"]},.palimpsest/runs/gone`, ".palimpsest/runs/gone-too"];
    await rm(join(stage.folder, keys["m5 1"]!), { recursive: true });
    await stage.go(
      `/runs/compare?${new URLSearchParams([...all.map((each) => ["runs", each]), ["runs", keys["m7 1"]!], ["baseline", "0"]])}`,
    );
    const missing = page.locator("[data-missing]");
    await missing.waitFor();
    for (const each of ["m5-1", "runs/gone;", "gone-too"]) expect(await missing.textContent()).toContain(each);
    await expect.poll(() => columns().count()).toBe(4);
    expect(await columns().allTextContents()).toEqual([
      expect.stringContaining("–"),
      "0.3016",
      expect.stringContaining("–"),
      expect.stringMatching(/^0\.3.*one seed/s),
    ]);
    await stage.go("/runs/compare?runs=gone&runs=seeds:zzz");
    await page.getByText("Nothing of this comparison").waitFor();
    expect(stage.faults).toEqual([]);
  });
});
