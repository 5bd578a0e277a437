/** What other programs do to a notebook's file while it is open: nothing is lost, and the user is told what to do. */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { FolderLock } from "../../server/session/lock.ts";
import type { Session } from "../../server/session/session.ts";
import { Workspace } from "../../server/workspace.ts";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

const TEXT = "// %% a\nconst a = 1;\n\n// %% b\nconst b = 2;\n";
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const sources = (session: Session) => Object.fromEntries(session.state.cells.map(({ cell }) => [cell.id, cell.source]));
const both = { a: "const a = 1;", b: "const b = 2;" };
const edit = (session: Session, id: string, source: string): Promise<void> =>
  session.request({ type: "edit", cell: id, source, by: "me" });

async function open(text = TEXT): Promise<{ session: Session; path: string; workspace: string }> {
  const workspace = await workspaceOf({ "n.ts": text });
  return { session: await opened(workspace), path: join(workspace, "n.ts"), workspace };
}

describe("a file that is written in several steps", () => {
  it.each([250, 1500])("and is empty for %d ms keeps its cells, their values and outputs", async (ms) => {
    const { session, path } = await open("// %% a\nconst a = 1;\n\n// %% b\nconsole.log(a);\n");
    await ran(session);
    await truncate(path, 0);
    await wait(ms);
    await writeFile(path, "// %% a\nconst a = 1;\n\n// %% b\nconsole.log(a); // new\n");
    await until(() => sources(session).b === "console.log(a); // new");
    expect(cell(session, "a")).toMatchObject({ status: "done", generation: 1 });
    expect(printed(session, "b")).toEqual(["1"]);
    expect(session.state.notice).toBeUndefined();
  });

  it("and holds only its first part for a moment loses no cell", async () => {
    const { session, path } = await open();
    const seen: number[] = [];
    session.subscribe(() => seen.push(session.state.cells.length));
    await writeFile(path, "// %% a\nconst a = 7;\n");
    await wait(200);
    await writeFile(path, TEXT.replace("a = 1", "a = 7"));
    await until(() => sources(session).a === "const a = 7;");
    expect(Math.min(...seen)).toBe(2);
  });

  it("and lost a cell for good loses it here", async () => {
    const { session, path } = await open();
    await writeFile(path, "// %% a\nconst a = 1;\n");
    await until(() => session.state.cells.length === 1);
  });
});

describe.each([
  ["emptied", (path: string) => truncate(path, 0)],
  ["deleted", (path: string) => rm(path)],
])("a file that is %s for good", (how, harm) => {
  it("keeps its cells, says so, and is written only when the user saves it", async () => {
    const { session, path } = await open();
    await harm(path);
    await until(() => session.state.notice?.text.includes(`n.ts was ${how} in another program`) === true);
    expect(session.state.notice).toMatchObject({ level: "warn", action: "save-file" });
    await edit(session, "b", "const b = 3;");
    await wait(600);
    expect(await readFile(path, "utf8").catch(() => "")).toBe("");
    expect(sources(session)).toEqual({ ...both, b: "const b = 3;" });
    await session.request({ type: "save-file" });
    expect(await readFile(path, "utf8")).toBe(TEXT.replace("b = 2", "b = 3"));
    await edit(session, "b", "const b = 4;");
    await until(async () => (await readFile(path, "utf8")).includes("b = 4"));
  });

  it("is merged when it comes back", async () => {
    const { session, path } = await open();
    await harm(path);
    await until(() => session.state.notice?.action === "save-file");
    await edit(session, "b", "const b = 3;");
    await writeFile(path, TEXT.replace("a = 1", "a = 7"));
    await until(
      async () => (await readFile(path, "utf8")) === TEXT.replace("a = 1", "a = 7").replace("b = 2", "b = 3"),
    );
  });
});

describe("a file that is replaced", () => {
  it.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    [
      "by a link to outside",
      async (path) => {
        const secret = join(await mkdtemp(join(tmpdir(), "outside-")), "secret.ts");
        await writeFile(secret, "// %% secret\nconst secret = 1;\n");
        await symlink(secret, path);
        return secret;
      },
      /leads to a place outside of the workspace\. Palimpsest will not write/,
    ],
    ["by a folder", (path) => mkdir(path), /is a folder, not a file\. Palimpsest will not write/],
  ])("%s is neither read nor written, and continues when it is a file again", async (_, replace, message) => {
    const { session, path } = await open();
    await rename(path, `${path}.away`);
    const secret = await replace(path);
    await until(() => message.test(session.state.notice?.text ?? ""));
    await edit(session, "b", "const b = 3;");
    await wait(500);
    expect(sources(session)).toEqual({ ...both, b: "const b = 3;" });
    if (typeof secret === "string") expect(await readFile(secret, "utf8")).toContain("const secret");
    await rm(path, { recursive: true });
    await rename(`${path}.away`, path);
    await until(async () => (await readFile(path, "utf8")).includes("b = 3"));
  });
});

describe("conflict markers", () => {
  const torn = TEXT.replace("const a = 1;", "<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other");

  it("in the file: edits made meanwhile survive a restart, and are merged when the conflict is resolved", async () => {
    const { session, path, workspace } = await open();
    await writeFile(path, torn);
    await until(() => session.state.notice?.level === "error");
    await edit(session, "b", "const b = 9;");
    await closeAll();
    const again = await opened(workspace);
    expect(sources(again)).toEqual({ a: "const a = 1;", b: "const b = 9;" });
    expect(await readFile(path, "utf8")).toBe(torn);
    await writeFile(path, TEXT.replace("a = 1", "a = 2"));
    await until(async () => (await readFile(path, "utf8")).includes("b = 9"));
    expect(sources(again)).toEqual({ a: "const a = 2;", b: "const b = 9;" });
  });

  it.each([
    ["a conflict marker", "<<<<<<< HEAD\n1;", /line 1 is a merge conflict marker/],
    ["the character NUL", "const a = '\0';", /NUL/],
  ])("or NUL that are typed in the page are refused: %s", async (_, source, message) => {
    const { session, path } = await open();
    await expect(edit(session, "a", source)).rejects.toThrow(message);
    await expect(session.request({ type: "insert", after: null, kind: "code", source })).rejects.toThrow(message);
    await edit(session, "b", "const b = 3;");
    await until(async () => (await readFile(path, "utf8")) === TEXT.replace("b = 2", "b = 3"));
  });

  it("in prose are prose", async () => {
    const { session, path, workspace } = await open("// %% [markdown]\n// Text\n");
    await edit(session, "markdown-1", "<<<<<<< HEAD");
    await until(async () => (await readFile(path, "utf8")).includes("// <<<<<<< HEAD"));
    await closeAll();
    expect(sources(await opened(workspace))).toEqual({ "markdown-1": "<<<<<<< HEAD" });
  });
});

describe("an edit in the page keeps", () => {
  const expected = (text: string): string => text.replace("b = 2", "b = 3");
  it.each([
    ["Windows line ends", TEXT.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${TEXT}`],
    ["a missing last line end", TEXT.slice(0, -1)],
    ["all three", `\uFEFF${TEXT.slice(0, -1).replaceAll("\n", "\r\n")}`],
  ])("%s", async (_, text) => {
    const { session, path } = await open(text);
    await edit(session, "b", "const b = 3;");
    await until(async () => (await readFile(path, "utf8")) === expected(text));
    await wait(300);
    expect(await readFile(path, "utf8")).toBe(expected(text));
    expect(sources(session)).toEqual({ ...both, b: "const b = 3;" });
  });
});

describe("cells without a name", () => {
  const unnamed = '// %%\nconsole.log("one");\n\n// %%\nconsole.log("two");\n';

  it("keep their outputs when another program inserts a cell above them", async () => {
    const { session, path, workspace } = await open(unnamed);
    await ran(session);
    await writeFile(path, `// %%\nconsole.log("zero");\n\n${unnamed}`);
    await until(() => session.state.cells.length === 3);
    const shown = (of: Session) =>
      of.state.cells.map(({ cell, console }) => [cell.source, console.map(({ text }) => text)]);
    const right = [
      ['console.log("zero");', []],
      ['console.log("one");', ["one"]],
      ['console.log("two");', ["two"]],
    ];
    expect(shown(session)).toEqual(right);
    await closeAll();
    expect(shown(await opened(workspace))).toEqual(right);
    // While it was closed, too.
    await closeAll();
    await writeFile(path, `// %%\nconsole.log("first");\n\n${await readFile(path, "utf8")}`);
    const again = await opened(workspace);
    expect(shown(again).slice(1)).toEqual(right);
  });

  it("are the same cell when one is edited and one is removed", async () => {
    const { session, path } = await open(`${unnamed}\n// %%\nconsole.log("three");\nconst x = 3;\n`);
    await ran(session);
    await writeFile(path, '// %%\nconsole.log("two");\n\n// %%\nconsole.log("3");\nconst x = 3;\n');
    await until(() => session.state.cells.length === 2);
    expect(session.state.cells.map(({ console }) => console.map(({ text }) => text))).toEqual([["two"], ["three"]]);
  });
});

it("a notebook of mode 0600 keeps its log to its user, also in an older .palimpsest that all may enter", async () => {
  const workspace = await workspaceOf({ "n.ts": TEXT });
  const own = join(workspace, ".palimpsest");
  await chmod(join(workspace, "n.ts"), 0o600);
  await mkdir(own);
  await chmod(own, 0o755);
  const server = await Workspace.at(workspace);
  await edit(await server.session("n.ts"), "a", "const a = 5;");
  await server.close();
  for (const name of [".", ...(await readdir(own, { recursive: true }))])
    expect([name, (await stat(join(own, name))).mode & 0o077]).toEqual([name, 0]);
});

describe(".palimpsest deleted while a notebook is open", () => {
  it("is written again with all that happened, and the user is told", async () => {
    const { session, workspace } = await open(`${TEXT}\n// %% c\nconsole.log(a + b);\n`);
    await ran(session);
    await edit(session, "a", "const a = 5;");
    await rm(join(workspace, ".palimpsest"), { recursive: true });
    await edit(session, "b", "const b = 6;");
    await until(() => session.state.notice?.text.includes(".palimpsest was deleted") === true);
    await edit(session, "b", "const b = 7;");
    await closeAll();
    const again = await opened(workspace);
    expect(sources(again)).toMatchObject({ a: "const a = 5;", b: "const b = 7;" });
    expect(printed(again, "c")).toEqual(["3"]);
  });

  it("gives no second server the folder", async () => {
    const { workspace } = await open();
    const lock = await FolderLock.acquire(workspace);
    await lock.announce("http://127.0.0.1:1/");
    await rm(join(workspace, ".palimpsest"), { recursive: true });
    await until(
      async () => (await readFile(join(workspace, ".palimpsest", "lock.json"), "utf8").catch(() => "")) !== "",
    );
    await expect(FolderLock.acquire(workspace)).rejects.toThrow(/Another Palimpsest/);
    await lock.release();
  });
});
