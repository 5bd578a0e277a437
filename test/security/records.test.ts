/** Attacks on the routes of records: each is refused, and nothing outside of the workspace is read or written. */
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packed } from "../../server/records/zip.ts";
import { refusesForeigners } from "./guarded.ts";
import { type Answer, type Sent, Served, UNTOUCHED } from "./served.ts";

let served: Served;
let key: string;
const post = (path: string, body: unknown, headers: Sent["headers"] = {}): Sent => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const save = (order: object, headers: Sent["headers"] = {}): Promise<Answer> =>
  served.ask(post("/api/records", { notebook: "n.ts", name: "", note: "", cells: "all", ...order }, headers));

const PLAIN = { code: "folded", include: [], note: "", licence: "" };

beforeAll(async () => {
  served = await Served.start();
  key = JSON.parse((await save({ name: "mine" })).body).record;
});
afterAll(() => served.close());

const reads = (): string[] => [
  "/records",
  "/records/one",
  "/api/records",
  ...["one", "archive"].map((name) => `/api/records/${name}?record=${encodeURIComponent(key)}`),
];
const changes = (): Sent[] => [
  post("/api/records", { notebook: "n.ts", name: "", note: "", cells: "all" }),
  post("/api/records/open", { record: key }),
  post("/api/records/fork", { record: key, name: "x" }),
  post("/api/records/archive?name=x.zip", {}),
  post("/api/share", { target: { record: key }, ...PLAIN }),
];

refusesForeigners(() => served, reads, changes);

it.each([
  [{ notebook: "../secret.ts" }, 403],
  [{ notebook: "up/secret.ts" }, 403],
  [{ notebook: "link.ts" }, 403],
  [{ notebook: "/etc/passwd" }, 400],
  [{ notebook: "nothing.ts" }, 404],
  [{ notebook: 5 }, 400],
  [{ cells: [] }, 400],
  [{ cells: ["nothing"] }, 404],
  [{ cells: "some" }, 400],
  [{ name: "x".repeat(300) }, 400],
])("saving %j is answered with %i", async (order, status) => {
  const answer = await save(order);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).message).toMatch(/\w/);
  expect(answer.body).not.toContain(served.root);
});

it("whatever the name, the notebook of chosen cells and the folder of a record stay in the workspace", async () => {
  for (const name of ["../../evil", "/etc/evil", "..", "con", "a\\..\\b", "\u0000"]) {
    const saved = await save({ name, cells: ["a"] });
    expect(saved.status).toBe(201);
    const { notebook, record } = JSON.parse(saved.body);
    expect(notebook).toMatch(/^[\w-]+\.ts$/);
    const opened = await served.ask(post("/api/records/open", { record }));
    expect(JSON.parse(opened.body).notebook).toMatch(/^[\w-]+\/[\w-]+\.ts$/);
  }
});

it("reads and opens no record outside of the lists", async () => {
  await symlink(join(served.root, "work", key), join(served.root, "work", ".palimpsest", "records", "linked"));
  const others = ["../../secret.ts", "/etc", ".", "", ".palimpsest/records/linked", `${key}/../../..`, "__proto__"];
  for (const other of others) {
    for (const name of ["one", "archive"]) {
      const answer = await served.ask({ path: `/api/records/${name}?record=${encodeURIComponent(other)}` });
      expect(answer.status, other).toBe(404);
    }
    expect((await served.ask(post("/api/records/open", { record: other }))).status, other).toBe(404);
    expect((await served.ask(post("/api/records/fork", { record: other, name: "x" }))).status, other).toBe(404);
  }
});

it("refuses archives that are none or lead out, and says so without a path of this machine", async () => {
  const bad = await packed(
    served.root,
    [],
    new Map([
      ["record.json", "{}"],
      ["../evil.txt", "evil"],
    ]),
  );
  const send = (body: Uint8Array | string, name: string) =>
    fetch(`${served.origin}/api/records/archive?name=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { cookie: served.cookie, origin: served.origin },
      body: body as BodyInit,
    });
  for (const [body, says] of [
    [bad, "leads out of it"],
    ["no archive", "is not a zip archive"],
  ] as const) {
    const answer = await send(body, "../../evil.zip");
    const { message } = (await answer.json()) as { message: string };
    expect([answer.status, message]).toEqual([409, expect.stringContaining(says)]);
    expect(message).not.toMatch(/\/(tmp|home|var)\//);
  }
  // What was unpacked for the examination is gone.
  expect(
    (await readdir(join(served.root, "work"))).filter((name) => name.startsWith(".") && name !== ".palimpsest"),
  ).toEqual([]);
});

it("opens its own archive in a folder of its own, inert, and the same one again", async () => {
  const path = `/api/records/archive?record=${encodeURIComponent(key)}`;
  const archive = await fetch(`${served.origin}${path}`, { headers: { cookie: served.cookie } });
  const bytes = await archive.arrayBuffer();
  for (const _ of [1, 2]) {
    const answer = await fetch(`${served.origin}/api/records/archive?name=From%20afar.zip`, {
      method: "POST",
      headers: { cookie: served.cookie, origin: served.origin },
      body: bytes,
    });
    expect([answer.status, await answer.json()]).toEqual([201, { notebook: "from-afar/n.ts", missing: [] }]);
  }
  const session = await served.workspace.session("from-afar/n.ts");
  expect(session.state).toMatchObject({ userRan: false, kernel: { status: "off" } });
  expect(await readFile(join(served.root, "work", "from-afar", "n.ts"), "utf8")).toContain("const a = 1;");
});

it("opens an archive again without touching what was done in its folder", async () => {
  const inputs = join(served.root, "work", ".palimpsest", "inputs", "from-afar", "n.json");
  await writeFile(inputs, '{"own": 1}');
  const archive = await fetch(`${served.origin}/api/records/archive?record=${encodeURIComponent(key)}`, {
    headers: { cookie: served.cookie },
  });
  const answer = await fetch(`${served.origin}/api/records/archive?name=from-afar.zip`, {
    method: "POST",
    headers: { cookie: served.cookie, origin: served.origin },
    body: await archive.arrayBuffer(),
  });
  expect(answer.status).toBe(201);
  expect(await readFile(inputs, "utf8")).toBe('{"own": 1}');
});

it("saves nothing through a link to another folder", async () => {
  const own = join(served.root, "work", ".palimpsest");
  await rename(join(own, "records"), join(own, "records-before"));
  await symlink(served.root, join(own, "records"));
  const answer = await save({});
  expect([answer.status, JSON.parse(answer.body).message]).toEqual([
    403,
    expect.stringContaining("leads through a link"),
  ]);
  await rm(join(own, "records"));
  await rename(join(own, "records-before"), join(own, "records"));
});

it("leaves everything outside as it was", async () => {
  expect(await served.untouched()).toEqual(UNTOUCHED);
  expect(existsSync(join(served.root, "evil.txt"))).toBe(false);
});

it.each([
  [{ target: { notebook: "../secret.ts" } }, 403],
  [{ target: { notebook: "link.ts" } }, 403],
  [{ target: { notebook: "nothing.ts" } }, 404],
  [{ target: { notebook: "n.ts" } }, 409],
  [{ target: { notebook: "n.ts", record: "x" } }, 400],
  [{ target: { record: "../.palimpsest/records/x" } }, 404],
  [{ target: { record: ".palimpsest/records/../../../secret" } }, 404],
  [{ target: {} }, 400],
  [{ include: ["everything"] }, 400],
  [{ code: "<script>" }, 400],
])("does not share %j", async (order, status) => {
  const answer = await served.ask(post("/api/share", { target: { record: key }, ...PLAIN, ...order }));
  expect(answer.status, answer.body).toBe(status);
  expect(answer.body).not.toContain("secret = 42");
});

it("shares a record as a file to download, not as a page of the workbench", async () => {
  const answer = await served.ask(post("/api/share", { target: { record: key }, ...PLAIN }));
  expect(answer.status).toBe(200);
  expect(answer.headers["content-disposition"]).toBe('attachment; filename="mine.html"');
  expect(answer.headers["content-security-policy"]).toContain("script-src 'self'");
  expect(answer.body).not.toContain(served.root);
});
