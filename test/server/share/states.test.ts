/** `--states`: what is taken from a sweep, and what is said where a run is missing. */
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SharePayload } from "../../../ui/share/payload.ts";
import { type Outcome, palimpsest } from "../records/stage.ts";
import { finishedEntry } from "./stage.ts";

let folder: string;
let notebook: string;
const exported = (...options: readonly string[]): Promise<Outcome> =>
  palimpsest("export", notebook, "-o", join(folder, "page.html"), ...options);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "states-")));
  notebook = join(folder, "n.ts");
  await writeFile(
    notebook,
    '// %% a\nimport { input, show } from "palimpsest";\nconst rank = input.number("rank", { value: 1 });\nshow([{ rank }]);\n',
  );
  await finishedEntry(notebook, "rank", 4);
  await finishedEntry(notebook, "rank", 16);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("takes the finished runs in, each with its record, in the order that was asked for", async () => {
  const outcome = await exported("--states", "rank=16,4", "--json");
  expect(JSON.parse(outcome.out)).toMatchObject({ states: ["rank=16", "rank=4"] });
  const page = await readFile(join(folder, "page.html"), "utf8");
  const payload: SharePayload = JSON.parse(/id="palimpsest-share">(.*?)<\/script>/.exec(page)![1]!);
  expect(payload.states).toMatchObject({ input: "rank", all: [{ inputs: { rank: 16 } }, { inputs: { rank: 4 } }] });
  expect(payload.attachments.map(({ what }) => what)).toEqual(["record", "record"]);
  expect(page.match(/the state rank=\d+, from a record with the digest [0-9a-f]{64}/g)).toHaveLength(2);
});

it("runs nothing: it names what is missing and the command that runs it", async () => {
  expect(await exported("--states", "rank=4,8")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/has rank=8\. Run them first: palimpsest sweep n\.ts --grid rank=4,8\./),
  });
  expect((await exported("--states", "depth=1")).err).toContain("has no input depth");
  expect((await exported("--states", "rank")).err).toContain("--states must have the form name=value,value");
  expect((await exported("--states", "rank=4", "--include", "adapter")).err).toContain("cannot be used together");
});

it("takes no run of an earlier version of the notebook", async () => {
  const text = await readFile(notebook, "utf8");
  await writeFile(notebook, text.replace("[{ rank }]", "[{ rank, more: 1 }]"));
  expect((await exported("--states", "rank=4")).err).toContain("no finished run of this version of the notebook");
  await writeFile(notebook, text);
});

it("reads no record outside of the folder, whatever a result says", async () => {
  const sweeps = join(folder, ".palimpsest", "sweeps");
  const [sweep = ""] = await readdir(sweeps);
  const path = join(sweeps, sweep, "entries", "e4", "result.json");
  const before = await readFile(path, "utf8");
  await writeFile(path, JSON.stringify({ ...JSON.parse(before), record: tmpdir() }));
  expect((await exported("--states", "rank=4")).code).toBe(2);
  await writeFile(path, before);
});
