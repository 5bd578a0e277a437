/** Attacks on the routes of sweeps: each is refused, nothing runs, and nothing outside of the workspace is read or written. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bornAt } from "../../server/session/holder.ts";
import type { StartOrder } from "../../server/sweep/api.ts";
import { writeOrder } from "../../server/sweep/order.ts";
import { SweepFolder } from "../../server/sweep/sweep-folder.ts";
import { refusesForeigners } from "./guarded.ts";
import { type Answer, type Sent, Served, UNTOUCHED } from "./served.ts";

const ID = "0123456789abcdef";
let served: Served;
let work: string;
let folder: SweepFolder;
let key: string;

beforeAll(async () => {
  served = await Served.start();
  work = join(served.root, "work");
  folder = await SweepFolder.make(work, "n.ts", ID);
  const order = await writeOrder(folder, {
    ...{ notebook: "n.ts", snapshot: ID, entries: [{ id: ID, settings: { rank: 2 }, seed: 1 }] },
    arguments: { grid: ["rank=2"], range: [], set: [], on: "local" },
  });
  key = `n-01234567/${order}`;
  await mkdir(folder.folderOf({ id: ID }), { recursive: true });
});
afterAll(() => served.close());

const post = (path: string, body: unknown, headers: Sent["headers"] = {}): Sent => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const ORDER: StartOrder = {
  ...{ notebook: "n.ts", ranges: [], draws: 1, fixed: [], seeds: 1, on: "local" },
  grid: [{ name: "a", values: [1] }],
};
const start = (change: object, headers: Sent["headers"] = {}): Promise<Answer> =>
  served.ask(post("/api/sweeps", { ...ORDER, ...change }, headers));
const of = (name: string, sweep: string, entry = ID): string =>
  `/api/sweeps/${name}?${new URLSearchParams({ sweep, entry })}`;
const reads = (): string[] => ["/sweeps", `/sweeps/${key}`, "/api/sweeps", of("one", key), of("log", key)];
const changes = (): Sent[] => [
  post("/api/sweeps", ORDER),
  post("/api/sweeps/again", { sweep: key, entries: [] }),
  post("/api/sweeps/cancel", { sweep: key }),
];

refusesForeigners(() => served, reads, changes);

it("answers the page", async () => {
  for (const path of reads()) expect((await served.ask({ path })).status, path).toBe(200);
});

it.each([
  [{ notebook: "../secret.ts" }, 403],
  [{ notebook: "link.ts" }, 403],
  [{ notebook: "up/secret.ts" }, 403],
  [{ notebook: "/etc/passwd" }, 400],
  [{ notebook: "nothing.ts" }, 404],
  [{ notebook: 5 }, 400],
  [{ grid: [{ name: "a", values: [] }] }, 400],
  [{ grid: [{ name: "--json", values: [1] }] }, 400],
  [{ grid: [{ name: "a=1 --on", values: ["slurm"] }] }, 400],
  [{ grid: [{ name: "a", values: [null] }] }, 400],
  [{ fixed: [{ name: "a b", value: 1 }] }, 400],
  [{ ranges: [{ name: "a", low: 0, high: "1", scale: "log", numbers: "any" }] }, 400],
  [{ seeds: 0 }, 400],
  [{ seeds: 1e9 }, 400],
  [{ jobs: 1e6 }, 400],
  [{ on: "elsewhere" }, 400],
  [{ grid: ["a", "b", "c"].map((name) => ({ name, values: Array.from({ length: 30 }, (_, at) => at) })) }, 400],
])("starting %j is answered with %i", async (change, status) => {
  const answer = await start(change);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).message).toMatch(/\w/);
  expect(answer.body).not.toContain(served.root);
});

it("says what is wrong with an order without a path of this machine, and starts nothing", async () => {
  const answer = await start({});
  expect([answer.status, JSON.parse(answer.body).message]).toEqual([
    409,
    "This notebook has no input a. Its inputs: seed.",
  ]);
  expect((await start({ fixed: [{ name: "x", value: "y".repeat(3e6) }] })).status).toBe(413);
});

it("reads, starts and cancels no sweep outside of the list", async () => {
  await rename(folder.path, join(work, "moved"));
  await symlink(join(work, "moved"), folder.path);
  const others = [key, "../../secret.ts", "/etc", ".", "", "moved", `n-01234567/../${key}`, "__proto__", `up/${key}`];
  for (const other of others) {
    for (const name of ["one", "log"]) expect((await served.ask({ path: of(name, other) })).status, other).toBe(404);
    for (const name of ["again", "cancel"])
      expect((await served.ask(post(`/api/sweeps/${name}`, { sweep: other, entries: [] }))).status, other).toBe(404);
  }
  expect(JSON.parse((await served.ask({ path: "/api/sweeps" })).body)).toEqual([]);
  await rm(folder.path);
  await rename(join(work, "moved"), folder.path);
});

it("shows no log that a link leads to, or that is a pipe, and only the end of a long one", async () => {
  const log = async (entry = ID): Promise<Answer> => served.ask({ path: of("log", key, entry) });
  await symlink(join(served.root, "secret.ts"), folder.logOf({ id: ID }));
  expect(JSON.parse((await log()).body)).toEqual({ text: "", cut: 0 });
  await rename(folder.logOf({ id: ID }), join(folder.path, "linked"));
  const pipe = spawn("mkfifo", [folder.logOf({ id: ID })]);
  await once(pipe, "exit");
  expect(JSON.parse((await log()).body)).toEqual({ text: "", cut: 0 });
  await rename(folder.logOf({ id: ID }), join(folder.path, "pipe"));
  await writeFile(folder.logOf({ id: ID }), `${"a line\n".repeat(100_000)}\u001b[31mthe end\u001b[0m\n`);
  const { text, cut } = JSON.parse((await log()).body);
  expect(text.length).toBeLessThan(65_000);
  expect(text.endsWith("a line\nthe end\n")).toBe(true);
  expect(cut).toBeGreaterThan(600_000);
  for (const entry of ["..", "../..", "", "0".repeat(16)]) expect((await log(entry)).status).toBe(404);
});

it("cancelling ends no process that the files only name, and a damaged order starts no other file", async () => {
  const victim = spawn("sleep", ["60"]);
  await once(victim, "spawn");
  const command = folder.commandOf(key.split("/")[1]!);
  await writeFile(command, JSON.stringify({ pid: victim.pid, born: "1" }));
  expect((await served.ask(post("/api/sweeps/cancel", { sweep: key }))).status).toBe(200);
  expect(victim.exitCode ?? victim.signalCode).toBeNull();
  await writeFile(command, JSON.stringify({ pid: victim.pid, born: bornAt(victim.pid!) }));
  const ended = once(victim, "exit");
  await served.ask(post("/api/sweeps/cancel", { sweep: key }));
  expect(await ended).toEqual([null, "SIGTERM"]);

  const file = join(folder.orderFolder(key.split("/")[1]!), "order.json");
  const order = JSON.parse(await readFile(file, "utf8"));
  const again = (): Promise<Answer> => served.ask(post("/api/sweeps/again", { sweep: key, entries: [] }));
  for (const notebook of ["../secret.ts", "/etc/passwd", "note.txt", "--help"]) {
    await writeFile(file, JSON.stringify({ ...order, notebook }));
    expect((await again()).status, notebook).toBe(409);
  }
  // A notebook that is a link out of the workspace, with a sweep's folder of its name.
  const linked = await SweepFolder.make(work, "link.ts", ID);
  const other = await writeOrder(linked, { ...order, notebook: "link.ts" });
  const through = await served.ask(post("/api/sweeps/again", { sweep: `link-01234567/${other}`, entries: [] }));
  expect(through.status).toBe(403);
  // The code is not what it was made for.
  await writeFile(file, JSON.stringify(order));
  expect(JSON.parse((await again()).body).message).toMatch(/has no input rank|has changed/);
  for (const bad of [
    "{",
    '{"notebook":5}',
    JSON.stringify({ ...order, entries: [{ id: "../../x", settings: {}, seed: 1 }] }),
  ]) {
    await writeFile(file, bad);
    expect((await served.ask({ path: of("one", key) })).status).toBe(404);
  }
});

it("leaves everything outside as it was, and no folder of a sweep that did not begin", async () => {
  expect(await served.untouched()).toEqual(UNTOUCHED);
  expect(existsSync(join(work, ".palimpsest", "records"))).toBe(false);
});
