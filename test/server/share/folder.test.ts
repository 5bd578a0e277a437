/** `palimpsest export --folder`: a static index of shared pages, some of which may come from others. */
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { indexEntry, indexPage } from "../../../server/share/index-page.ts";
import { palimpsest } from "../records/stage.ts";
import { SharedStage, writtenSession } from "./stage.ts";

let folder: string;
let site: string;

beforeAll(async () => {
  folder = await writtenSession(new SharedStage().run().state);
  site = join(await realpath(await mkdtemp(join(tmpdir(), "site-"))), "lab");
  await writeFile(join(folder, "new.ts"), "// %% a\n1;\n");
  await writeFile(join(folder, "small.ts"), '// %% a\nimport { show } from "palimpsest";\nshow(3);\n');
  await palimpsest("run", join(folder, "small.ts"));
});
afterAll(() => Promise.all([folder, join(site, "..")].map((each) => rm(each, { recursive: true, force: true }))));

it("makes a page of each notebook in a folder that has something to show, and an index", async () => {
  const outcome = await palimpsest("export", folder, "--folder", site);
  expect(outcome.code).toBe(0);
  expect(outcome.out).toContain("new.ts has not run, so there is nothing to show. It is left out.");
  expect((await readdir(site)).sort()).toEqual(["index.html", "n.html", "small.html"]);
  const index = await readFile(join(site, "index.html"), "utf8");
  expect(index).toContain("<h1>lab</h1>");
  expect(index).toContain('<a href="n.html">A small result</a>');
  expect(index).toMatch(/<a href="small\.html">small<\/a>.*not verified.*<code title="[0-9a-f]{64}">/);
  expect(index).not.toMatch(/<script|https?:/);
  expect(index).not.toContain(folder);
});

it("lists pages that are there already, and skips other files", async () => {
  await writeFile(join(site, "other.html"), "<p>not ours");
  await writeFile(
    join(site, "broken.html"),
    '<script type="application/json" id="palimpsest-share">{"format":1}</script>',
  );
  const outcome = await palimpsest("export", join(folder, "n.ts"), "--folder", site, "--json");
  expect(JSON.parse(outcome.out)).toEqual({ folder: site, pages: ["n.html"], listed: 2 });
});

it("says that --folder and -o exclude each other", async () => {
  const outcome = await palimpsest("export", folder, "--folder", site, "-o", "x.html");
  expect(outcome).toMatchObject({ code: 2, err: expect.stringContaining("cannot be used together") });
});

it("texts of foreign pages stay texts", () => {
  const attack = "</td><script>alert(1)</script>";
  const about = {
    record: { id: attack, created: attack, digest: attack, verdict: attack, status: attack },
    marked: 1,
    note: attack,
  };
  const payload = { format: "palimpsest-share/1", title: attack, notebook: { name: attack }, about };
  const json = JSON.stringify(payload).replaceAll("<", "\\u003c");
  const entry = indexEntry('"><b>.html', `<script type="application/json" id="palimpsest-share">${json}</script>`)!;
  const page = indexPage(attack, [entry]);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<b>");
});
