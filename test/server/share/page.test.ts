/** The page of a share as text: what it shows without a script, how outputs are marked, and what the file allows. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { renderer } from "../../../server/share/dom.ts";
import { sharedSession } from "../../../server/share/from-session.ts";
import { type PageParts, pageOf } from "../../../server/share/page.ts";
import type { SharePayload } from "../../../ui/share/payload.ts";
import { SharedStage } from "./stage.ts";

const made = async (stage: SharedStage, change: Partial<PageParts> = {}): Promise<string> => {
  const shared = sharedSession(stage.state, []);
  const facts = { included: [], note: undefined, licence: undefined };
  return pageOf({ shared, code: "folded", theme: "auto", facts, files: [], script: "1;", ...change }, await renderer());
};
const payloadOf = (page: string): SharePayload =>
  JSON.parse(/<script type="application\/json" id="palimpsest-share">(.*?)<\/script>/.exec(page)![1]!);
const cellOf = (page: string, id: string): string =>
  page.slice(page.indexOf(`<section class="cell" id="cell-${id}"`)).split("</section>")[0]!;

it("holds text, tables, charts and runs without a script", async () => {
  const page = await made(new SharedStage().run());
  expect(page).toContain("<strong>bold</strong>");
  expect(page).toContain("<h1>A small result</h1>");
  const chart = cellOf(page, "curves");
  expect(chart).toMatch(/<svg[^>]* viewBox=/);
  // One line for each training, in the colours of the page.
  expect(chart.match(/<path [^>]*stroke="var\(--series-\d\)"/g)).toHaveLength(2);
  expect(chart).toContain("training loss");
  expect(cellOf(page, "table").match(/<tr>/g)).toHaveLength(61);
  expect(cellOf(page, "training")).toContain("step 40 / 40");
  expect(cellOf(page, "training")).toContain("weight = 0.5 at step 20");
});

it("shows controls as the values that they had", async () => {
  const knobs = cellOf(await made(new SharedStage().run()), "knobs");
  expect(knobs).toMatch(/<dt>rank<\/dt><dd>16<\/dd>/);
  expect(knobs).toMatch(/<dt>weight<\/dt><dd>2 <span class="live"/);
  expect(knobs).not.toMatch(/<(input|select|button)/);
});

it("a chart carries its points, so that it needs no run", async () => {
  const { charts } = payloadOf(await made(new SharedStage().run()));
  const [mark] = Object.values(charts)[0]!.marks;
  expect(mark!.data).toMatchObject({ kind: "columns", length: 80 });
  expect(Object.keys((mark!.data as { columns: object }).columns).sort()).toEqual(["loss", "method", "run", "step"]);
});

it("marks what is stale, failed, stopped or has not run", async () => {
  const stage = new SharedStage().run();
  expect(await made(stage)).not.toContain('class="warning"');
  stage.apply({ type: "kernel-ended", cause: "closed", reason: "The workbench was closed." });
  // Without a kernel there are no values, but what is shown was made with this code.
  expect(await made(stage)).not.toContain('class="warning"');
  stage.apply({ type: "cell-edited", cell: "training", source: "const run = train(rank + 1);", by: "p" });
  const page = await made(stage);
  expect(page).toContain("<b>2 cells</b> are stale, failed or not finished");
  expect(cellOf(page, "training")).toContain('data-mark="stale"');
  expect(cellOf(page, "curves")).toContain('data-mark="stale"');
  expect(cellOf(page, "table")).toContain('data-mark="fresh"');

  const failing = new SharedStage("// %% a\nconst a = 1;\n\n// %% b\na;\n\n// %% c\nconst c = 1;\n");
  failing.ask("a", "c");
  failing.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  failing.finish("a", "failed");
  failing.finish("c", "stopped");
  const failed = await made(failing);
  expect(cellOf(failed, "a")).toContain('data-mark="failed"');
  expect(cellOf(failed, "a")).toContain("<li>broke</li>");
  expect(cellOf(failed, "b")).toContain('data-mark="not run"');
  expect(cellOf(failed, "c")).toContain('data-mark="stopped"');
});

it("a cell that still runs is not finished", async () => {
  const stage = new SharedStage("// %% a\nconst a = 1;\n");
  stage.ask("a");
  stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  expect(cellOf(await made(stage), "a")).toContain("was still running");
});

it("folds, shows or leaves out the code", async () => {
  const stage = new SharedStage().run();
  expect(cellOf(await made(stage), "training")).toMatch(/<details class="code"><summary>/);
  expect(cellOf(await made(stage, { code: "shown" }), "training")).toMatch(/<details class="code" open>/);
  expect(cellOf(await made(stage, { code: "none" }), "training")).not.toContain("train(");
  expect(payloadOf(await made(stage, { code: "none" })).notebook.text).toContain("train(rank)");
});

it("allows its own script by digest, and no connection", async () => {
  const page = await made(new SharedStage().run());
  const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const digest = createHash("sha256").update("1;").digest("base64");
  expect(policy).toContain("default-src &#39;none&#39;");
  expect(policy).toContain(`script-src &#39;sha256-${digest}&#39;;`);
  expect(policy).not.toMatch(/connect-src|unsafe-eval|https?:/);
  expect(page).not.toMatch(/<(script|link|img|iframe)[^>]* (src|href)="(?!data:)/);
});

it("gets what runs the notebook from another part: its data, its place and its policy", async () => {
  const part = {
    payload: "carried",
    policy: { "worker-src": "blob:", "script-src": "'wasm-unsafe-eval' blob:" },
  };
  const page = await made(new SharedStage().run(), { part });
  expect(page).toContain('<pal-run-in-page for="training" record="inside"></pal-run-in-page>');
  expect(page).toContain('<script type="text/plain" id="training">carried</script>');
  expect(page).toMatch(/script-src [^"]*wasm-unsafe-eval[^"]* blob:; [^"]*worker-src blob:/);
});

it("a chart that only a browser can draw says so, and is drawn there", async () => {
  const raster = {
    mark: "raster",
    data: { kind: "columns", columns: { v: [1, 2, 3, 4] }, length: 4 },
    options: { fill: "v", width: 2, height: 2 },
  } as const;
  const stage = new SharedStage("// %% a\n1;\n").run({
    a: [
      { kind: "plot", spec: { options: {}, marks: [raster] } },
      { kind: "plot", spec: { options: {}, marks: [{ mark: "noSuchMark", data: null, options: {} }] } },
    ],
  });
  const page = await made(stage);
  expect(page.match(/is drawn by the browser, with JavaScript/g)).toHaveLength(2);
  expect(Object.keys(payloadOf(page).charts)).toHaveLength(2);
});
