/** A page verifies the record that it carries, from a file, without a network, in a real browser. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { pagePart, runnableOf } from "../../server/in-page/page-part.ts";
import { canonicalJson } from "../../server/records/canonical-json.ts";
import { digestOf } from "../../server/records/used-files.ts";
import { files, folder, lastLine, notebook, palimpsest } from "../server/records/stage.ts";
import { executable } from "./chromium.ts";
import { InPageStage } from "./in-page-stage.ts";

describe.skipIf(!executable)("a page with its record", () => {
  const stage = new InPageStage();
  const { open, openPart, act, state } = stage;

  let record: string;
  let run: string;

  beforeAll(async () => {
    // The model lies outside of the workspace, so that the page has to bring it along.
    const [workspace, models] = [await folder("in-page"), await folder("models")];
    const { base, rest } = await notebook(models, 8, ", checkpointEvery: 2");
    const data = `// %% own\nimport { readFile } from "palimpsest";\nshow((await readFile("words.txt")).length);\n\n`;
    const outside = base.replace(/chatModel\("\.\/([^"]*)"\)/, (_, name) => `chatModel("${join(models, name)}")`);
    await files(workspace, { "n.ts": `${outside}\n${data}${rest}`, "words.txt": "one two three" });
    const outcome = await palimpsest("run", join(workspace, "n.ts"), "--json", "--backend", "wasm");
    if (outcome.code !== 0) throw new Error(outcome.err);
    record = lastLine(outcome).record;
    run = lastLine(outcome).runs[0].id;
  }, 60_000);

  const verdict = (): Locator => stage.page.locator(".verdict");

  it("verifies it to the last bit, and says how far it has come", async () => {
    await open(await runnableOf(record));
    await stage.page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const element = document.querySelector("pal-run-in-page")!;
      const note = (): void => {
        const text = element.shadowRoot?.querySelector(".verdict")?.textContent?.trim();
        if (text && text !== said.at(-1)) said.push(text);
        requestAnimationFrame(note);
      };
      note();
    });
    await act("verify-here");
    await stage.page.locator('[data-verdict="identical"]').waitFor();
    expect(await verdict().textContent()).toBe("Identical: all 8 steps and all results, to the last bit");
    const said = await stage.page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said).toContainEqual(expect.stringMatching(/^Identical so far, step \d of 8$/));
    expect(stage.faults).toEqual([]);
  }, 60_000);

  it("runs its notebook with the files and the model that the page carries", async () => {
    await open(await runnableOf(record));
    await act("run-here");
    await stage.page.locator('[data-action="run-again"]').waitFor();
    expect(await state(({ cells }) => cells.map(({ status, error }) => error?.message ?? status))).toEqual(
      Array(4).fill("done"),
    );
    await stage.page.locator('section[data-cell="own"]').getByText("13", { exact: true }).waitFor();
  }, 60_000);

  it("finds a byte of the record that was changed", async () => {
    const part = await pagePart(await runnableOf(record));
    const at = Math.floor(part.payload.length * 0.98);
    const other = part.payload[at] === "0" ? "1" : "0";
    const payload = part.payload.slice(0, at) + other + part.payload.slice(at + 1);
    await openPart({ ...part, payload }, "inside");
    await act("verify-here");
    await stage.page
      .locator("[data-failure]")
      .getByText(/was changed/)
      .waitFor();
  }, 60_000);

  it("names the first step that differs, where a record was changed and sealed again", async () => {
    const copy = join(await folder("changed"), "record");
    await cp(record, copy, { recursive: true });
    const path = `runs/${run}/rows.jsonl`;
    const rows = (await readFile(join(copy, path), "utf8")).split("\n");
    const row = JSON.parse(rows[4]!);
    rows[4] = JSON.stringify({ ...row, loss: row.loss + 1e-9 });
    await writeFile(join(copy, path), rows.join("\n"));
    const content = JSON.parse(await readFile(join(copy, "record.json"), "utf8"));
    const listed = content.files.find((each: { path: string }) => each.path === path);
    listed.sha256 = await digestOf(join(copy, path));
    await writeFile(join(copy, "record.json"), `${canonicalJson(content)}\n`);
    await writeFile(join(copy, "record.sha256"), `${await digestOf(join(copy, "record.json"))}  record.json\n`);
    await open(await runnableOf(copy));
    await act("verify-here");
    await stage.page.locator('[data-verdict="different"]').waitFor();
    expect(await verdict().textContent()).toMatch(/^Different: both, step 5, loss: recorded .*, here /);
  }, 60_000);
});
