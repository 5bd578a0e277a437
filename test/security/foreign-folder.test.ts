/** A folder that came from elsewhere, with a `.palimpsest` of its own: opening it runs nothing and writes nowhere else. */
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { FolderLock } from "../../server/session/lock.ts";
import { Workspace } from "../../server/workspace.ts";
import { cell, closeAll, opened, ran, rest, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

/** A workspace that ran, with a cached cell and one that failed, copied as somebody would send it. */
async function shipped(): Promise<string> {
  const source = await workspaceOf({
    "n.ts":
      '// %% costly cache\nconst costly = 1;\n\n// %% bad\nimport { mark } from "./lib.ts";\nmark();\nthrow new Error(String(costly));\n',
    "lib.ts": "export const mark = () => 1;\n",
  });
  const session = await opened(source);
  await ran(session);
  await until(() => cell(session, "costly").cache.kind === "stored");
  expect(cell(session, "bad").status).toBe("failed");
  await closeAll();
  const copy = await realpath(await mkdtemp(join(tmpdir(), "shipped-")));
  await cp(source, copy, { recursive: true });
  return copy;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 700));

describe("opening a folder that was shipped with its .palimpsest", () => {
  it("starts no kernel, whatever its files and its cache say", async () => {
    const workspace = await shipped();
    const witness = join(workspace, "ran");
    await writeFile(
      join(workspace, "lib.ts"),
      `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(witness)}, "");\nexport const mark = () => 2;\n`,
    );
    const session = await opened(workspace);
    await settled();
    expect(session.state.kernel.status).not.toMatch(/starting|ready/);
    expect(session.state.cells.map(({ status }) => status)).not.toContain("queued");
    // Nor when a file changes before a user ran anything.
    await writeFile(join(workspace, "lib.ts"), `${await readFile(join(workspace, "lib.ts"), "utf8")}// changed\n`);
    await settled();
    expect(session.state.kernel.status).not.toMatch(/starting|ready/);
    await expect(lstat(witness)).rejects.toThrow();
  });

  it("runs the cells that use a changed file once its user ran something", async () => {
    const workspace = await shipped();
    const session = await opened(workspace);
    await ran(session);
    const before = cell(session, "bad").generation;
    await writeFile(join(workspace, "lib.ts"), "export const mark = () => 3;\n");
    await until(() => cell(session, "bad").generation > before);
    await rest(session);
  });
});

describe("links in a shipped folder", () => {
  it.each([
    ["the folder .palimpsest", ".palimpsest"],
    ["the folder of sessions", ".palimpsest/sessions"],
    ["the folder of inputs", ".palimpsest/inputs"],
  ])("%s: nothing is written where it leads, and edits are refused", async (_, link) => {
    const workspace = await workspaceOf({ "n.ts": "// %% a\n1;\n" });
    const outside = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
    if (link !== ".palimpsest") await mkdir(join(workspace, ".palimpsest"));
    await symlink(outside, join(workspace, link));
    const session = await opened(workspace);
    expect(session.state.notice?.text).toMatch(/leads through a link to another folder/);
    await expect(session.request({ type: "edit", cell: "a", source: "2;", by: "page" })).rejects.toThrow(/read-only/);
    await closeAll();
    expect(await readdir(outside)).toEqual([]);
  });

  it("the folder .palimpsest: the lock removes no file of the same name where it leads", async () => {
    const workspace = await workspaceOf({ "n.ts": "// %% a\n1;\n" });
    const outside = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
    await writeFile(join(outside, "lock.json"), "precious\n");
    await symlink(outside, join(workspace, ".palimpsest"));
    await expect(FolderLock.acquire(workspace)).rejects.toThrow(/leads through a link/);
    expect(await readdir(outside)).toEqual(["lock.json"]);
    expect(await readFile(join(outside, "lock.json"), "utf8")).toBe("precious\n");
  });

  it("the folder of uploaded files: an upload is refused", async () => {
    const folder = await workspaceOf({ "n.ts": "// %% a\n1;\n" });
    const outside = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
    await mkdir(join(folder, ".palimpsest"));
    await symlink(outside, join(folder, ".palimpsest", "files"));
    const workspace = await Workspace.at(folder);
    await expect(workspace.storeFile("n.ts", "a.txt", new Uint8Array(1))).rejects.toThrow(/leads through a link/);
    expect(await readdir(outside)).toEqual([]);
  });

  it.each(["n.jsonl", "n.jsonl.new", "n.agreed.ts"])("the file %s: what it points to stays as it was", async (name) => {
    const workspace = await workspaceOf({ "n.ts": "// %% a\n1;\n" });
    const outside = join(await mkdtemp(join(tmpdir(), "outside-")), "dotfile");
    await writeFile(outside, "precious\n");
    await mkdir(join(workspace, ".palimpsest", "sessions"), { recursive: true });
    await symlink(outside, join(workspace, ".palimpsest", "sessions", name));
    const session = await opened(workspace);
    await session.request({ type: "edit", cell: "a", source: "2;", by: "page" });
    await closeAll();
    expect(await readFile(outside, "utf8")).toBe("precious\n");
  });
});
