/** Results in a `.palimpsest` that this machine did not write: they are neither shown nor used, in the page and headless. */
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { machineKey, signature } from "../../server/session/machine-key.ts";
import { heldValues } from "../../server/state/cell-state.ts";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

const home = process.env.XDG_STATE_HOME;
afterEach(async () => {
  process.env.XDG_STATE_HOME = home;
  await closeAll();
});

/** From now on this is another machine. */
async function otherMachine(): Promise<void> {
  process.env.XDG_STATE_HOME = await mkdtemp(join(tmpdir(), "state-"));
}

const NOTEBOOK = `// %% made cache
const made = "honest " + Math.random();
made

// %% step
import { rationales } from "palimpsest";
let written = 0;
const model = {
  name: "m", digest: "d", nll: async () => [],
  generate: async (prompts) => prompts.map(() => ({ text: " honest " + ++written, tokens: 1, ended: true })),
};
const pair = { source: "a", reference: "b", from: "x", to: "y", instruction: "i" };
const { items: [item] } = await rationales(model, [pair], { prompt: "Note:" });

// %% show
console.log(made, item.text, written);
`;

/** A workspace that ran. @returns it, and what the cell "show" printed */
async function made(): Promise<{ workspace: string; output: string }> {
  const workspace = await workspaceOf({ "n.ts": NOTEBOOK });
  const session = await opened(workspace);
  await ran(session);
  expect(cell(session, "show").error).toBeUndefined();
  await until(() => cell(session, "made").cache.kind === "stored");
  const [output = ""] = printed(session, "show");
  await closeAll();
  return { workspace, output };
}

/** Every JSON file of the cache, changed. */
async function alter(workspace: string, change: (text: string) => string): Promise<void> {
  const folder = join(workspace, ".palimpsest", "cache");
  for (const below of await readdir(folder))
    for (const name of await readdir(join(folder, below))) {
      const path = join(folder, below, name);
      await writeFile(path, change(await readFile(path, "utf8")));
    }
}

/** Opens the workspace and runs it. */
async function expectUnused(workspace: string, forged: string): Promise<void> {
  await writeFile(join(workspace, ".palimpsest", "sessions", "n.jsonl"), "");
  const session = await opened(workspace);
  expect(JSON.stringify(session.state.cells.map(({ outputs }) => outputs))).not.toContain(forged);
  expect(cell(session, "made").cache.kind).toBe("none");
  expect(session.state.notice?.text).toMatch(/came with this folder from another machine/);
  await ran(session);
  expect(heldValues(cell(session, "made"))?.restored).toBe(false);
  expect(printed(session, "show")[0]).not.toContain(forged);
  expect(printed(session, "show")[0]).toMatch(/^honest 0.* honest 1 1$/);
}

describe("results in a folder", () => {
  it("of this machine are used, also in a copy of the folder", async () => {
    const { workspace, output } = await made();
    const copy = await realpath(await mkdtemp(join(tmpdir(), "copy-")));
    await cp(workspace, copy, { recursive: true });
    const session = await opened(copy);
    await ran(session);
    expect(printed(session, "show")).toEqual([output.replace(/1$/, "0")]);
  });

  it("of another machine are neither shown nor used", async () => {
    const { workspace, output } = await made();
    await otherMachine();
    await expectUnused(workspace, output.split(" ")[1] ?? "");
  });

  it("that were altered are neither shown nor used", async () => {
    const { workspace } = await made();
    await alter(workspace, (text) => text.replaceAll("honest", "forged"));
    await expectUnused(workspace, "forged");
  });

  it("that were signed with another key are neither shown nor used", async () => {
    const { workspace } = await made();
    await alter(workspace, (text) => {
      const { signature: _, ...file } = JSON.parse(text.replaceAll("honest", "forged"));
      return JSON.stringify({ signature: signature("guessed", JSON.stringify(file)), ...file });
    });
    await expectUnused(workspace, "forged");
  });

  it("that were copied to another cell are not used there", async () => {
    const workspace = await workspaceOf({ "n.ts": "// %% a cache\nconst a = 1;\n\n// %% b cache\nconst b = 2;\n" });
    const first = await opened(workspace);
    await ran(first);
    await until(() => ["a", "b"].every((id) => cell(first, id).cache.kind === "stored"));
    const [a, b] = ["a", "b"].map((id) =>
      join(workspace, ".palimpsest/cache", cell(first, id).snapshot, "seed-1.json"),
    );
    await closeAll();
    await writeFile(b!, await readFile(a!));
    const again = await opened(workspace);
    expect([cell(again, "a").cache.kind, cell(again, "b").cache.kind]).toEqual(["stored", "none"]);
    await ran(again);
    expect(heldValues(cell(again, "b"))?.restored).toBe(false);
  });

  it("are not used headless either, and that is said", async () => {
    const { workspace } = await made();
    await alter(workspace, (text) => text.replaceAll("honest", "forged"));
    const main = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
    const args = [main, "run", join(workspace, "n.ts"), "--backend", "cpu", "--set", "seed=1"];
    const text = await new Promise<string>((resolve, reject) =>
      execFile(process.execPath, args, (error, _, stderr) => (error ? reject(error) : resolve(stderr))),
    );
    expect(text).toContain("honest");
    expect(text).not.toContain("forged");
    expect(text).toMatch(/came with this folder from another machine/);
  });

  it("are not written through a link that leads elsewhere", async () => {
    const workspace = await workspaceOf({ "n.ts": "// %% a cache\nconst a = 1;\n" });
    const outside = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
    await mkdir(join(workspace, ".palimpsest"));
    await symlink(outside, join(workspace, ".palimpsest", "cache"));
    const session = await opened(workspace);
    await ran(session);
    await until(() => cell(session, "a").cache.kind === "refused");
    expect(await readdir(outside)).toEqual([]);
  });
});

describe("the key of the machine", () => {
  it("is made once, in a private file", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "state-")), "palimpsest");
    const { key, fault } = machineKey(folder);
    expect(fault).toBeUndefined();
    expect(machineKey(folder)).toEqual({ key });
    expect((await stat(join(folder, "key"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["key"]);
  });

  it("is replaced if others can read it, or if it is damaged", async () => {
    const folder = await mkdtemp(join(tmpdir(), "state-"));
    const path = join(folder, "key");
    const { key } = machineKey(folder);
    await chmod(path, 0o644);
    const second = machineKey(folder).key;
    expect(second).not.toBe(key);
    await writeFile(path, "torn");
    expect(machineKey(folder).key).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is one for the process, with a word, if it cannot be saved", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "state-")), "file");
    await writeFile(file, "");
    process.env.XDG_STATE_HOME = file;
    const { key, fault } = machineKey();
    expect(fault).toMatch(/could not be used/);
    expect(machineKey().key).toBe(key);
    const workspace = await workspaceOf({ "n.ts": "// %% a cache\nconst a = 1;\n" });
    const session = await opened(workspace);
    await ran(session);
    expect(session.state.notice?.text).toMatch(/can be used until Palimpsest ends/);
    await until(() => cell(session, "a").cache.kind === "stored");
    await closeAll();
    expect(cell(await opened(workspace), "a").cache.kind).toBe("stored");
  });
});
