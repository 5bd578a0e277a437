/** A cached result is used only if everything that it depends on is as it was: files, packages, backend, version. */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { changeSince } from "../../../server/session/dependencies.ts";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { heldValues, refusalOf } from "../../../server/state/cell-state.ts";
import { until } from "../until.ts";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

const NOTEBOOK = `// %% reader cache
import { pairs } from "palimpsest";
const read = await pairs("pairs.tsv", { from: "English", to: "German" });
const sentences = read.items.map(({ source }) => source).join();

// %% plain
import { readFileSync } from "node:fs";
const notes = readFileSync("notes.txt", "utf8");

// %% child cache
const shouted = notes.toUpperCase();

// %% grandchild cache
const twice = shouted + shouted;

// %% optional cache
import { readFile } from "node:fs/promises";
const maybe = await readFile("maybe.txt", "utf8").catch(() => "nothing");

// %% lib cache
import { words } from "./lib.ts";
const fromLib = words;

// %% installed cache
import { answer } from "installed";
const fromInstalled = answer;

// %% linked cache
import { answer as other } from "linked";
const fromLinked = other;

// %% steady cache
const steady = Math.random();

// %% show
console.log([sentences, shouted, twice, maybe, fromLib, fromInstalled, fromLinked].join("|"), steady);
`;
const CACHED = ["reader", "child", "grandchild", "optional", "lib", "installed", "linked", "steady"];

async function written(): Promise<string> {
  const workspace = await workspaceOf({
    "n.ts": NOTEBOOK,
    "pairs.tsv": "one\teins\n",
    "notes.txt": "notes",
    "lib.ts": 'import { readFileSync } from "node:fs";\nexport const words = readFileSync("words.txt", "utf8");\n',
    "words.txt": "words",
  });
  await writePackage(join(workspace, "node_modules", "installed"), "installed", "1.0.0", 1);
  await writePackage(join(workspace, "linked-package"), "linked", "1.0.0", 1);
  await symlink(join(workspace, "linked-package"), join(workspace, "node_modules", "linked"));
  return workspace;
}

async function writePackage(folder: string, name: string, version: string, answer: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, version, type: "module", main: "index.js" }));
  await writeFile(join(folder, "index.js"), `export const answer = ${answer};\n`);
}

async function allStored(session: Session): Promise<void> {
  const faults = session.state.cells.flatMap((each) => each.error?.message ?? refusalOf(each) ?? []);
  expect(faults).toEqual([]);
  await until(() => CACHED.every((id) => cell(session, id).cache.kind === "stored"));
}

const unused = (session: Session): Record<string, string> =>
  Object.fromEntries(
    CACHED.flatMap((id) => {
      const { cache } = cell(session, id);
      return cache.kind === "unused" ? [[id, cache.reason]] : [];
    }),
  );

it("after a restart, what read a changed file or package runs again, and the page says why", async () => {
  const workspace = await written();
  const first = await opened(workspace);
  await ran(first);
  await allStored(first);
  const [before = ""] = printed(first, "show");
  expect(before).toMatch(/^one\|NOTES\|NOTESNOTES\|nothing\|words\|1\|1 /);
  await closeAll();

  const same = await opened(workspace);
  expect(unused(same)).toEqual({});
  await ran(same);
  expect(printed(same, "show")).toEqual([before]);
  expect(CACHED.filter((id) => !heldValues(cell(same, id))?.restored)).toEqual([]);
  await closeAll();

  await writeFile(join(workspace, "pairs.tsv"), "two\tzwei\n");
  await writeFile(join(workspace, "notes.txt"), "other");
  await writeFile(join(workspace, "maybe.txt"), "something");
  await writeFile(join(workspace, "words.txt"), "sentences");
  await writePackage(join(workspace, "node_modules", "installed"), "installed", "1.0.1", 2);
  await writePackage(join(workspace, "linked-package"), "linked", "1.0.0", 2);
  const changed = await opened(workspace);
  expect(unused(changed)).toEqual({
    reader: "pairs.tsv changed",
    child: "notes.txt changed",
    grandchild: "notes.txt changed",
    optional: "maybe.txt is new",
    lib: "words.txt changed",
    installed: "the package installed changed from 1.0.0 to 1.0.1",
    linked: "linked-package/index.js changed",
  });
  await ran(changed);
  const [after = ""] = printed(changed, "show");
  expect(after).toMatch(/^two\|OTHER\|OTHEROTHER\|something\|sentences\|2\|2 /);
  expect(after.split(" ")[1]).toBe(before.split(" ")[1]);
  await allStored(changed);
  expect(cell(changed, "reader").cache).toMatchObject({ replaced: "pairs.tsv changed" });
}, 60_000);

it("also while the session lives, when the child is asked for without its parents", async () => {
  const workspace = await written();
  const first = await opened(workspace);
  await ran(first);
  await allStored(first);
  await closeAll();
  const session = await opened(workspace);
  expect(cell(session, "grandchild").cache.kind).toBe("stored");
  // The session has looked already: the kernel is the one to notice.
  await writeFile(join(workspace, "notes.txt"), "late");
  await ran(session, "grandchild");
  expect(heldValues(cell(session, "grandchild"))).toMatchObject({ restored: false });
  expect(heldValues(cell(session, "child"))).toMatchObject({ restored: false });
  await rm(join(workspace, "notes.txt"));
  await closeAll();
  const missing = await opened(workspace);
  expect(unused(missing)).toMatchObject({ grandchild: "notes.txt is missing" });
}, 60_000);

it("a result is not stored if a file changed after it was read", async () => {
  const workspace = await workspaceOf({
    "a.txt": "a",
    "n.ts": `// %% a cache
import { readFileSync, writeFileSync } from "node:fs";
const text = readFileSync("a.txt", "utf8");
writeFileSync("a.txt", text + "more");
`,
  });
  const session = await opened(workspace);
  await ran(session);
  await until(() => refusalOf(cell(session, "a")) !== undefined);
  expect(refusalOf(cell(session, "a"))).toBe("a.txt has changed since it was read.");
});

it("a result of another backend is computed again", async () => {
  const workspace = await workspaceOf({ "n.ts": "// %% a cache\nconst a = Math.random();\n" });
  const first = await opened(workspace);
  await ran(first);
  await until(() => cell(first, "a").cache.kind === "stored");
  await closeAll();
  const other = await openSession({ workspace, path: "n.ts", seed: 1, backend: "wasm", use: { kind: "page" } });
  try {
    await ran(other);
    expect(heldValues(cell(other, "a"))?.restored).toBe(false);
    await until(() => cell(other, "a").cache.kind === "stored");
    expect(cell(other, "a").cache).toMatchObject({ replaced: "it was computed on the backend cpu, not wasm" });
  } finally {
    await other.close();
  }
});

it("a result of other code of Palimpsest is not used", async () => {
  const before = { version: "0.1.0 aa", backend: "cpu", files: [], packages: [] };
  const now = { workspace: "/nowhere", backend: "cpu" };
  expect(await changeSince(before, { ...now, version: "0.1.0 aa" })).toBeUndefined();
  expect(await changeSince(before, { ...now, version: "0.1.0 bb" })).toBe("the code of Palimpsest changed");
  expect(await changeSince(before, { ...now, version: "0.2.0 cc" })).toBe(
    "it was computed by Palimpsest 0.1.0, not 0.2.0",
  );
});
