/** Attacks on the routes of runs: each is refused, and nothing changes. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeRun } from "../server/registry/written-run.ts";
import { type Sent, Served, UNTOUCHED } from "./served.ts";

let served: Served;
let key: string;
beforeAll(async () => {
  served = await Served.start();
  key = await writeRun(join(served.root, "work"), { id: "a" });
});
afterAll(() => served.close());

const READS = [
  "/runs",
  "/runs/compare",
  "/api/runs",
  "/api/runs/tables?run=x",
  "/api/runs/answers?run=x",
  "/api/runs/export?format=csv&table=rows",
];
const CHANGES = ["marks", "delete", "restore", "prune", "query"].map((name) => `/api/runs/${name}`);
const post = (path: string, body: unknown, headers: Sent["headers"] = {}): Sent => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

it("needs the cookie for each of them", async () => {
  for (const path of READS) expect((await served.ask({ path, headers: { cookie: undefined } })).status, path).toBe(401);
  for (const path of CHANGES)
    expect((await served.ask(post(path, { runs: [key] }, { cookie: undefined }))).status, path).toBe(401);
});

it("refuses requests of another site", async () => {
  for (const path of CHANGES)
    for (const origin of ["http://evil.example", "null", undefined])
      expect((await served.ask(post(path, { runs: [key] }, { origin }))).status, `${path} ${origin}`).toBe(403);
  for (const path of READS)
    expect((await served.ask({ path, headers: { host: "evil.example" } })).status, path).toBe(403);
  const socket = served.socket({ origin: "http://evil.example" });
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.on("close", resolve));
});

it.each([
  ["delete", { runs: ["../../secret.ts"] }, 404],
  ["delete", { runs: ["."] }, 404],
  ["delete", { runs: [""] }, 400],
  ["delete", { runs: [] }, 400],
  ["delete", { runs: "a" }, 400],
  ["delete", {}, 400],
  ["restore", { runs: ["../.palimpsest/runs/a"] }, 404],
  ["restore", { runs: ["/etc/.palimpsest/runs/passwd"] }, 404],
  ["marks", { run: "../x", note: "", tags: [], pinned: true }, 404],
  ["marks", { run: "__proto__", note: "", tags: [], pinned: true }, 404],
  ["marks", { run: "x", note: 5, tags: [], pinned: true }, 400],
  ["prune", { what: "everything", olderThanDays: 0, marked: "prune", act: "prune" }, 400],
  ["prune", { what: "runs", olderThanDays: -1, marked: "prune", act: "prune" }, 400],
])("%s %j is answered with %i", async (name, body, status) => {
  const answer = await served.ask(post(`/api/runs/${name}`, body));
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).message).toMatch(/\w/);
  expect(answer.body).not.toContain(served.root);
});

it("reads no table outside of the runs", async () => {
  for (const path of ["../../secret.ts", "/etc/passwd", ".", "deep"])
    for (const what of ["tables", "answers"])
      expect((await served.ask({ path: `/api/runs/${what}?run=${encodeURIComponent(path)}` })).status, path).toBe(404);
});

it("reads no answers through a link, and none that are not answers", async () => {
  const folder = join(served.root, "work", key);
  const answers = async () => {
    const { status, body } = await served.ask({ path: `/api/runs/answers?run=${encodeURIComponent(key)}` });
    return [status, JSON.parse(body)[0].tests] as const;
  };
  const about = '{"measure":"m","kind":"flags","better":"higher","step":1,"items":2}';
  const right = '{"prompt":"<script>","answer":"a","score":1}';
  await mkdir(join(served.root, "elsewhere"));
  await writeFile(join(served.root, "elsewhere", "a.jsonl"), `${about}\n${right}\n`);
  await symlink(join(served.root, "elsewhere"), join(folder, "answers"));
  expect(await answers()).toEqual([200, []]);
  await rm(join(folder, "answers"));
  await mkdir(join(folder, "answers"));
  await symlink(join(served.root, "elsewhere", "a.jsonl"), join(folder, "answers", "linked.jsonl"));
  await writeFile(join(folder, "answers", "odd.jsonl"), `{"measure":5}\n${right}\n`);
  await writeFile(join(folder, "answers", "late.jsonl"), `${about.replace('"step":1', '"step":99')}\n${right}\n`);
  await writeFile(join(folder, "answers", "some.jsonl"), `${about}\n{"prompt":5}\n${right}\n[]\n{"prompt":"cut`);
  expect(await answers()).toEqual([
    200,
    [expect.objectContaining({ measure: "m", items: 2, answers: [{ prompt: "<script>", answer: "a", score: 1 }] })],
  ]);
  await rm(join(folder, "answers"), { recursive: true });
  await rm(join(served.root, "elsewhere"), { recursive: true });
});

it("refuses a body that is too long", async () => {
  const answer = await served.ask(post("/api/runs/delete", { runs: [`a${"x".repeat(3e6)}`] }));
  expect(answer.status).toBe(413);
});

it("leaves the run, the notes and everything outside as they were", async () => {
  expect(await served.untouched()).toEqual(UNTOUCHED);
  const folder = join(served.root, "work");
  expect(existsSync(join(folder, key, "run.json"))).toBe(true);
  expect(existsSync(join(folder, ".palimpsest", "marks.json"))).toBe(false);
  // A file of notes that came from elsewhere and is not valid is not written over, also if it came while the server runs.
  const path = join(folder, ".palimpsest", "marks.json");
  await mkdir(join(folder, ".palimpsest"), { recursive: true });
  await writeFile(path, '{"a": 5}');
  const mark = () => served.ask(post("/api/runs/marks", { run: key, note: "mine", tags: [], pinned: false }));
  expect((await mark()).status).toBe(409);
  expect(await readFile(path, "utf8")).toBe('{"a": 5}');
  await rm(path);
  expect((await mark()).status).toBe(200);
  expect(await readFile(path, "utf8")).toContain('"mine"');
});
