/** Imports that a notebook must not make the server read: each is an error on its cell, and the notebook opens at once. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Workspace } from "../../server/workspace.ts";
import { cell, closeAll, opened, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

const secret = async (): Promise<string> => {
  const path = join(await mkdtemp(join(tmpdir(), "outside-")), "secret.ts");
  await writeFile(path, "export const secret = 1;\n");
  return path;
};
const pipe = (path: string): void => void execFileSync("mkfifo", [path]);

describe("a cell that imports", () => {
  it.each<[string, string, (workspace: string) => Promise<void> | void, RegExp]>([
    ["a pipe", "./odd.ts", (workspace) => pipe(join(workspace, "odd.ts")), /\.\/odd\.ts is not a regular file/],
    ["a device", "/dev/zero", () => undefined, /dev\/zero leads to a place outside of the workspace/],
    [
      "a link to outside",
      "./odd.ts",
      async (workspace) => symlink(await secret(), join(workspace, "odd.ts")),
      /\.\/odd\.ts leads to a place outside/,
    ],
    ["a link to a device", "./odd.ts", (workspace) => symlink("/dev/zero", join(workspace, "odd.ts")), /outside/],
    ["a folder", "./odd.ts", (workspace) => void mkdir(join(workspace, "odd.ts")), /is a folder, not a file/],
    [
      "a file of 3 GB",
      "./odd.json",
      async (workspace) => {
        await writeFile(join(workspace, "odd.json"), "1");
        await truncate(join(workspace, "odd.json"), 3e9);
      },
      /\.\/odd\.json is larger than 2 MB/,
    ],
    [
      "a file that imports a pipe",
      "./odd.ts",
      async (workspace) => {
        await writeFile(join(workspace, "odd.ts"), 'export * from "./pipe.ts";\n');
        pipe(join(workspace, "pipe.ts"));
      },
      /\.\/pipe\.ts is not a regular file/,
    ],
  ])("%s shows why it is not read", async (_, module, prepare, message) => {
    const workspace = await workspaceOf({
      "n.ts": `// %% odd\nimport ${JSON.stringify(module)};\n\n// %% other\nconsole.log(1);\n`,
    });
    await prepare(workspace);
    const session = await opened(workspace);
    await ran(session, "other");
    expect(cell(session, "other").status).toBe("done");
    expect(cell(session, "odd").errors.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  });

  it("a file outside of the workspace shows why it is not read, and runs when the file is inside", async () => {
    const path = await secret();
    const workspace = await workspaceOf({
      "n.ts": `// %% odd\nimport { secret } from ${JSON.stringify(`../${relative(tmpdir(), path)}`)};\nsecret;\n`,
    });
    const session = await opened(workspace);
    expect(cell(session, "odd").errors[0]?.message).toMatch(/leads to a place outside of the workspace/);
    await writeFile(join(workspace, "secret.ts"), "export const secret = 1;\n");
    const source = 'import { secret } from "./secret.ts";\nsecret;';
    await session.request({ type: "edit", cell: "odd", source, by: "me" });
    await session.request({ type: "run", cells: ["odd"] });
    await until(() => cell(session, "odd").status === "done");
  });
});

it("lists a workspace with pipes, huge files and links, and opens a notebook whose own files are pipes", async () => {
  const text = "// %% a\nconst a = 1;\n";
  const folder = await workspaceOf({ "n.ts": text, "good.ts": text, "huge.ts": text });
  await truncate(join(folder, "huge.ts"), 3e9);
  pipe(join(folder, "pipe.ts"));
  await symlink("/dev/zero", join(folder, "zero.ts"));
  for (const name of ["sessions", "inputs"]) await mkdir(join(folder, ".palimpsest", name), { recursive: true });
  for (const name of ["sessions/n.jsonl", "sessions/n.agreed.ts", "inputs/n.json", "lock.json"])
    pipe(join(folder, ".palimpsest", name));
  const workspace = await Workspace.at(folder, { backend: "cpu" });
  expect((await workspace.listing()).notebooks.map(({ path }) => path)).toEqual(["good.ts", "n.ts"]);
  const session = await workspace.session("n.ts");
  expect(session.state.cells.map(({ cell }) => cell.source)).toEqual(["const a = 1;"]);
  await expect(workspace.session("pipe.ts")).rejects.toThrow(/no notebook/);
  expect((await workspace.session("huge.ts")).state.notice?.text).toMatch(
    /larger than 16 MB\. Palimpsest will not write/,
  );
  await workspace.close();
});
