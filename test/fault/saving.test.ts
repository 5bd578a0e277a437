/** What was acknowledged is kept: when the server is killed, when the disk is full, and when both sides edited. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { AgreedText } from "../../server/session/agreed-text.ts";
import { logPath } from "../../server/session/history.ts";
import type { Session } from "../../server/session/session.ts";
import { Workspace } from "../../server/workspace.ts";
import { closeAll, opened, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

const TEXT = "// %% a\nconst a = 1;\n\n// %% b\nconst b = 2;\n";
const sources = (session: Session) => Object.fromEntries(session.state.cells.map(({ cell }) => [cell.id, cell.source]));
const file = (workspace: string) => readFile(join(workspace, "n.ts"), "utf8");

/** Edits cell b in a process of its own, which is killed as soon as the edit is acknowledged. */
async function editedAndKilled(workspace: string, source: string): Promise<void> {
  const script = fileURLToPath(new URL("./editing-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, workspace, source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
}

describe("a server that is killed right after it acknowledged", () => {
  it("keeps the edit and the input, and writes the edit to the file when it opens again", async () => {
    const input = 'import { input } from "palimpsest";\nconst rank = input.number("rank", { value: 4 });';
    const workspace = await workspaceOf({ "n.ts": TEXT.replace("const a = 1;", input) });
    await editedAndKilled(workspace, "const b = 3;");
    const session = await opened(workspace);
    expect(sources(session)).toEqual({ a: input, b: "const b = 3;" });
    expect(session.state.inputValues).toEqual({ rank: 8 });
    await until(async () => (await file(workspace)).includes("const b = 3;"));
  });

  it("merges an edit made meanwhile in the file, cell by cell", async () => {
    const workspace = await workspaceOf({ "n.ts": TEXT });
    await editedAndKilled(workspace, "const b = 3;");
    await writeFile(join(workspace, "n.ts"), TEXT.replace("const a = 1;", "const a = 7;"));
    const session = await opened(workspace);
    expect(sources(session)).toEqual({ a: "const a = 7;", b: "const b = 3;" });
    await until(async () => (await file(workspace)).includes("const b = 3;"));
    expect(await file(workspace)).toContain("const a = 7;");
  });

  it("recognises its own file, which it wrote just before it was killed and before a later edit", async () => {
    const workspace = await workspaceOf({ "n.ts": TEXT });
    await editedAndKilled(workspace, "const b = 3;");
    const earlier = TEXT.replace("const b = 2;", "const b = 9;");
    await new AgreedText(workspace, "n.ts").begin(earlier);
    await writeFile(join(workspace, "n.ts"), earlier);
    const session = await opened(workspace);
    expect(sources(session)).toEqual({ a: "const a = 1;", b: "const b = 3;" });
    await until(async () => (await file(workspace)).includes("const b = 3;"));
    await closeAll();
    // Nothing of it is left: the same text counts as a change when another program writes it.
    await writeFile(join(workspace, "n.ts"), earlier);
    expect(sources(await opened(workspace))).toEqual({ a: "const a = 1;", b: "const b = 9;" });
  });

  it("keeps both versions of a cell that both edited, and says so", async () => {
    const workspace = await workspaceOf({ "n.ts": TEXT });
    await editedAndKilled(workspace, "const b = 3;");
    await writeFile(join(workspace, "n.ts"), TEXT.replace("const b = 2;", "const b = 9;"));
    const session = await opened(workspace);
    expect(sources(session)).toEqual({ a: "const a = 1;", b: "const b = 3;", "b-outside": "const b = 9;" });
    expect(session.state.notice?.text).toMatch(/The cell b was changed here and in the file/);
  });
});

/** A small file system of its own, or undefined where this user may not mount one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "small-disk-")));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}

describe("a full disk", async () => {
  const disk = await smallDisk();
  afterAll(() => disk && execFileSync("umount", [disk]));
  afterEach(async () => {
    await closeAll();
    if (disk) for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true });
  });

  it.skipIf(!disk)(
    "acknowledges no edit that it could not save, says so, and saves all of them when there is space again",
    async () => {
      const workspace = disk!;
      await writeFile(join(workspace, "n.ts"), TEXT);
      const session = await opened(workspace);
      await session.request({ type: "edit", cell: "a", source: "const a = 5;", by: "page" });
      await until(async () => (await file(workspace)).includes("const a = 5;"));
      const log = await readFile(logPath(workspace, "n.ts"), "utf8");
      await writeFile(join(workspace, "filler"), Buffer.alloc(400_000)).catch(() => undefined);

      const large = `const b = "${"x".repeat(20_000)}";`;
      await expect(session.request({ type: "edit", cell: "b", source: large, by: "page" })).rejects.toThrow(
        /could not be saved/,
      );
      expect(session.state.notice).toMatchObject({ level: "error" });
      // Nothing that was saved is damaged.
      expect(await readFile(logPath(workspace, "n.ts"), "utf8")).toBe(log);
      expect(await file(workspace)).toContain("const a = 5;");

      await rm(join(workspace, "filler"));
      await session.request({ type: "edit", cell: "a", source: "const a = 6;", by: "page" });
      await until(async () => (await file(workspace)).includes("xxxx"));
      await closeAll();
      expect(sources(await opened(workspace))).toEqual({ a: "const a = 6;", b: large });
    },
  );

  it.skipIf(!disk)("keeps no half of an upload, and says that the disk is full", async () => {
    const folder = disk!;
    await writeFile(join(folder, "n.ts"), TEXT);
    const workspace = await Workspace.at(folder);
    await expect(workspace.storeFile("n.ts", "pairs.tsv", new Uint8Array(400_000))).rejects.toThrow(/ENOSPC/);
    const stored = await readdir(join(folder, ".palimpsest", "files"), { recursive: true, withFileTypes: true });
    expect(stored.filter((entry) => entry.isFile())).toEqual([]);
    const path = await workspace.storeFile("n.ts", "pairs.tsv", new Uint8Array(1000));
    expect((await readFile(join(folder, path))).length).toBe(1000);
    await workspace.close();
  });

  it.skipIf(!disk)("opens without touching the log of earlier sessions", async () => {
    const workspace = disk!;
    await writeFile(join(workspace, "n.ts"), TEXT);
    await (await opened(workspace)).request({ type: "edit", cell: "a", source: "const a = 5;", by: "page" });
    await closeAll();
    const log = await readFile(logPath(workspace, "n.ts"), "utf8");
    await writeFile(join(workspace, "filler"), Buffer.alloc(400_000)).catch(() => undefined);
    const session = await opened(workspace);
    expect(sources(session)).toEqual({ a: "const a = 5;", b: "const b = 2;" });
    expect(session.state.notice?.text).toMatch(/read-only/);
    expect(await readFile(logPath(workspace, "n.ts"), "utf8")).toBe(log);
    await expect(session.request({ type: "edit", cell: "b", source: "const b = 9;", by: "page" })).rejects.toThrow(
      /read-only/,
    );
  });
});

it("a log of another version is put aside, not deleted, and the notebook opens", async () => {
  const workspace = await workspaceOf({ "n.ts": TEXT });
  const path = logPath(workspace, "n.ts");
  await mkdir(join(workspace, ".palimpsest", "sessions"), { recursive: true });
  const old = `${JSON.stringify({ seq: 1, time: 1, event: { type: "from-the-past" } })}\n`;
  await writeFile(path, old);
  const session = await opened(workspace);
  expect(sources(session)).toEqual({ a: "const a = 1;", b: "const b = 2;" });
  expect(session.state.notice?.text).toMatch(/another version of Palimpsest/);
  const [aside] = (await readdir(join(workspace, ".palimpsest", "sessions"))).filter((name) =>
    /\.jsonl\.\d+$/.test(name),
  );
  expect(await readFile(join(workspace, ".palimpsest", "sessions", aside!), "utf8")).toBe(old);
});
