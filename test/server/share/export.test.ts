/** `palimpsest export` on sessions and records in folders: what it reads, what it refuses, and what never leaves the machine. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withoutMachine } from "../../../server/share/machine-names.ts";
import type { SharePayload } from "../../../ui/share/payload.ts";
import { type Outcome, palimpsest } from "../records/stage.ts";
import { NOTEBOOK, SharedStage, writtenSession } from "./stage.ts";

const folders: string[] = [];
const session = async (stage: SharedStage, text = NOTEBOOK): Promise<string> => {
  const folder = await writtenSession(stage.state, text);
  folders.push(folder);
  return folder;
};
const payloadOf = (page: string): SharePayload =>
  JSON.parse(/<script type="application\/json" id="palimpsest-share">(.*?)<\/script>/.exec(page)![1]!);
const attached = (page: string, at: number): Buffer =>
  Buffer.from(new RegExp(`id="palimpsest-file-${at}">([^<]*)<`).exec(page)![1]!, "base64");
const made = async (target: string, page: string, ...options: readonly string[]): Promise<string> => {
  const outcome = await palimpsest("export", target, "-o", page, ...options);
  expect(outcome).toMatchObject({ code: 0, err: "" });
  return readFile(page, "utf8");
};

let workspace: string;
let record: string;
/** A record with an input, a secret in what is printed, and weights. */
const RECORDED = `// %% a
import { input, show } from "palimpsest";
const count = input.number("how many", { value: 3 });
show([{ n: count }]);
`;

beforeAll(async () => {
  workspace = await session(new SharedStage().run());
  await writeFile(join(workspace, "small.ts"), RECORDED);
  const outcome: Outcome = await palimpsest("run", join(workspace, "small.ts"), "--json");
  record = JSON.parse(outcome.out.trim().split("\n").at(-1)!).record;
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

it("shows a session without opening or changing it", async () => {
  const own = join(workspace, ".palimpsest", "sessions");
  const before = await readdir(own);
  const page = await made(join(workspace, "n.ts"), join(workspace, "page.html"));
  expect(page).toContain("<h1>A small result</h1>");
  expect(page).not.toContain('class="warning"');
  expect(payloadOf(page)).toMatchObject({ notebook: { name: "n.ts" }, inputs: { weight: 2 }, attachments: [] });
  expect(await readdir(own)).toEqual(before);
});

it("marks cells that were edited in the file since, and those whose imported files have changed", async () => {
  const text = `${NOTEBOOK}\n// %% own\nimport { twice } from "./twice.ts";\ntwice(2);\n`;
  const stage = new SharedStage(text).run();
  const folder = await session(stage, text.replace("show([{ question", "show([{ changed"));
  await writeFile(join(folder, "twice.ts"), "export const twice = (x: number) => 2 * x;\n");
  const { marked } = JSON.parse(
    (await palimpsest("export", join(folder, "n.ts"), "-o", join(folder, "page.html"), "--json")).out,
  );
  expect(marked).toEqual([
    { id: "table", mark: "stale" },
    { id: "own", mark: "stale" },
  ]);
});

it("shows a record with its digest, and gives out its archive, which opens and verifies", async () => {
  const page = await made(record, join(workspace, "record.html"), "--note", "For you & me", "--licence", "CC BY 4.0");
  const { digest } = { digest: (await readFile(join(record, "record.sha256"), "utf8")).split(" ")[0]! };
  expect(page).toContain(`<code class="digest">${digest}</code>`);
  expect(page).toContain("It does not prove who published it.");
  expect(page).toContain("not verified yet");
  expect(page).toContain("For you &amp; me");
  expect(page).toContain("CC BY 4.0");
  expect(page).toMatch(/<dt>count<\/dt><dd>3<\/dd>/);
  const archive = join(workspace, "out.zip");
  await writeFile(archive, attached(page, 0));
  const verified = await palimpsest("verify", archive, "--json");
  expect(JSON.parse(verified.out.trim().split("\n").at(-1)!)).toMatchObject({ verdict: "identical" });
}, 60_000);

it("takes the newest record where a notebook has no session", async () => {
  const page = await made(join(workspace, "small.ts"), join(workspace, "small.html"));
  expect(payloadOf(page).attachments).toMatchObject([{ what: "record" }]);
});

it("puts adapters and rows in only if asked", async () => {
  const weights = join(workspace, ".palimpsest", "runs", "r1", "adapter");
  await mkdir(weights, { recursive: true });
  await writeFile(join(weights, "adapter_model.safetensors"), "weights");
  const plain = await made(join(workspace, "n.ts"), join(workspace, "plain.html"));
  expect(payloadOf(plain).attachments).toEqual([]);
  const page = await made(join(workspace, "n.ts"), join(workspace, "full.html"), "--include", "adapter,rows");
  expect(payloadOf(page).attachments.map(({ name }) => name)).toEqual([
    "r1-rows.jsonl",
    "r1-adapter_model.safetensors",
    "r2-rows.jsonl",
  ]);
  expect(attached(page, 1).toString()).toBe("weights");
  expect(attached(page, 0).toString().split("\n")).toHaveLength(41);
});

it("says what to do where there is nothing to show, or the command is used wrongly", async () => {
  await writeFile(join(workspace, "new.ts"), "// %% a\n1;\n");
  const page = join(workspace, "no.html");
  const refused = async (...args: readonly string[]): Promise<Outcome> => {
    const outcome = await palimpsest("export", ...args);
    expect(outcome.code).toBe(2);
    return outcome;
  };
  expect((await refused(join(workspace, "new.ts"), "-o", page)).err).toContain("has not run, so there is nothing");
  expect((await refused(join(workspace, "n.ts"))).err).toContain("Say where to write it");
  expect((await refused(join(workspace, "gone.ts"), "-o", page)).err).toContain("There is no notebook or record");
  expect((await refused(join(workspace, "n.ts"), "-o", page, "--include", "all")).err).toContain(
    "--include must be one of adapter, data, rows, training",
  );
  expect((await refused(join(workspace, "n.ts"), "-o", page, "--code", "some")).err).toContain("folded, shown, none");
  for (const part of ["data", "training"])
    expect((await refused(join(workspace, "n.ts"), "-o", page, "--include", part)).err).toContain(
      "save the experiment",
    );
});

it("a record that was changed is refused", async () => {
  const path = join(record, "outputs.json");
  const before = await readFile(path, "utf8");
  await writeFile(path, before.replace("3", "4"));
  const outcome = await palimpsest("export", record, "-o", join(workspace, "changed.html"));
  await writeFile(path, before);
  expect(outcome).toMatchObject({ code: 2, err: expect.stringContaining("outputs.json was changed") });
});

it("holds nothing of the author's machine, in the page or in the archive inside", async () => {
  const secret = "s3cr3t-value-of-the-token";
  process.env.SHARE_TEST_TOKEN = secret;
  try {
    const own = `${workspace}/data.csv`;
    const foreign = "/mnt/disk7/people/models/llama";
    const leaked = `read ${own} and ${foreign} with ${secret} on ${hostname()}; file:///home/someone/x.ts C:\\Users\\someone\\y.ts`;
    const text = `// %% a\nconst leaked = "x";\n`;
    const stage = new SharedStage(text);
    stage.run({
      a: [
        { kind: "text", text: leaked },
        { kind: "table", columns: [own], rows: [[leaked]], total: 1 },
        { kind: "html", html: `<p title="${own}">${leaked}</p>` },
      ],
    });
    const folder = await session(stage, text);
    const page = await made(join(folder, "n.ts"), join(folder, "page.html"));
    const recorded = await made(record, join(workspace, "record.html"));
    const inside = Object.values(unzipSync(new Uint8Array(attached(recorded, 0)))).map((each) => Buffer.from(each));
    const all = [page, recorded, ...inside.map(String)].join("\n");
    const names = [hostname(), userInfo().username].filter((each) => each.length > 4);
    for (const found of [
      workspace,
      folder,
      foreign,
      secret,
      "/home/someone",
      "Users\\\\someone",
      process.cwd(),
      ...names,
    ])
      expect(all.includes(found), found).toBe(false);
    expect(page).toContain("…/llama");
  } finally {
    delete process.env.SHARE_TEST_TOKEN;
  }
});

it("takes out the names of user and machine as whole words, and leaves routes and fractions alone", () => {
  const notebook = { workspace: "/w/s", path: "n.ts" };
  const names = { user: "marta", host: "lab-machine-7" };
  const cleaned = (text: string): string => withoutMachine(text, notebook, names);
  expect(cleaned("marta@lab-machine-7:/scratch/marta/x.bin")).toBe("<user>@<host>:…/x.bin");
  expect(cleaned("samarta, 3/4, GET /api/runs, https://example.org/data/a/b, ./data/x.csv")).toBe(
    "samarta, 3/4, GET /api/runs, https://example.org/data/a/b, ./data/x.csv",
  );
  expect(withoutMachine({ base64: "/home/a/b" }, notebook, names)).toEqual({ base64: "/home/a/b" });
});
