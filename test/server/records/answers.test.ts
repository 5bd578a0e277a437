/** The answers of tests lie in the run's folder and in the record: of probes while the run trains, of an evaluation after it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { files, folder, lastLine, notebook, palimpsest } from "./stage.ts";

let workspace: string;
let record: string;
let run: string;

beforeAll(async () => {
  workspace = await folder("answers");
  const { base, rest } = await notebook(workspace, 4);
  const tasks = `const tasks = words.map((word) => ({ family: "f", prompt: [{ role: "user", content: word }], answer: word } as const));
const many = Array.from({ length: 3002 }, (_, n) => ({ prompt: "q" + n, answer: "x".repeat(2000), score: 1 }));
`;
  const probed = rest.replace(".every(2,", ".every(2, probes.exactMatch(tasks, { maxTokens: 2 }),");
  await files(workspace, {
    "n.ts": `${base.replace("import { alerts,", "import { alerts, evaluate, probes,").trimEnd()}\n${tasks}\n${probed}
// %% evaluation
await run.finished;
const place = { family: process.cwd(), prompt: [{ role: "user", content: "hello" }], answer: "a" } as const;
await evaluate(run.model, { method: "m", tasks: [...tasks, place], maxTokens: { tasks: 2 } });
await run.model.keepAnswers!([{ measure: "Many → items", kind: "flags", better: "higher", items: many }]);
`,
  });
  const outcome = await palimpsest("run", join(workspace, "n.ts"), "--json", "--backend", "cpu");
  if (outcome.code !== 0) throw new Error(outcome.err);
  record = lastLine(outcome).record;
  run = lastLine(outcome).runs[0].id;
}, 60_000);

const lines = async (path: string) =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

it("with the step, and each item with its texts and its score", async () => {
  const answers = join(workspace, ".palimpsest/runs", run, "answers");
  const [about, ...items] = await lines(join(answers, "general.jsonl"));
  expect(about).toEqual({ measure: "general", kind: "flags", better: "higher", step: 4, items: 9 });
  expect(items).toHaveLength(9);
  expect(items[0]).toEqual({
    prompt: "hello",
    expected: "hello",
    answer: expect.any(String),
    score: expect.any(Number),
    group: "f",
  });
  const [match] = (await readdir(answers)).filter((name) => name.startsWith("exactMatch"));
  expect((await lines(join(answers, match!)))[0]).toMatchObject({ measure: "exactMatch", step: 4, items: 8 });
});

it("shortened where they are long, and the number of all items is said", async () => {
  const answers = join(workspace, ".palimpsest/runs", run, "answers");
  const [many] = (await readdir(answers)).filter((name) => name.startsWith("Many"));
  const [about, ...items] = await lines(join(answers, many!));
  expect([about.items, items.length, items[0].answer.length]).toEqual([3002, 3000, 1000]);
});

it("in the record too, under its seal and without places of this machine", async () => {
  const { files } = JSON.parse(await readFile(join(record, "record.json"), "utf8"));
  const path = `runs/${run}/answers/general.jsonl`;
  expect(files.map((each: { path: string }) => each.path)).toContain(path);
  const text = await readFile(join(record, path), "utf8");
  expect(text).toContain('"prompt":"hello"');
  expect(text).not.toContain(process.cwd());
  expect((await palimpsest("verify", record, "--backend", "cpu")).code).toBe(0);
});
