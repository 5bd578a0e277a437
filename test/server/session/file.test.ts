import { mkdtemp, open as openFile, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../../server/notebook/source/settings.ts";
import type { Cell } from "../../../server/notebook/types.ts";
import { AgreedText } from "../../../server/session/agreed-text.ts";
import { NotebookFile } from "../../../server/session/file.ts";
import { readNotebook } from "../../../server/session/notebook-reading.ts";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { until } from "../until.ts";

const TEXT = "// %% a\nconst a = 1;\n\n// %% b\nconst b = a;\n";
const open: Session[] = [];

afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
});

async function opened(text: string | Buffer): Promise<{ session: Session; path: string }> {
  const workspace = await mkdtemp(join(tmpdir(), "file-"));
  const path = join(workspace, "n.ts");
  await writeFile(path, text);
  const session = await openSession({ workspace, path: "n.ts", seed: 1, use: { kind: "page" } });
  open.push(session);
  return { session, path };
}

function sources(session: Session): Record<string, string> {
  return Object.fromEntries(session.state.cells.map(({ cell }) => [cell.id, cell.source.trim()]));
}

it("saves an edit by itself, leaves no temporary file, and does not read it as a change from outside", async () => {
  const { session, path } = await opened(TEXT);
  const { seq } = session.state;
  await session.request({ type: "edit", cell: "b", source: "const b = a + 1;", by: "me" });
  await until(async () => (await readFile(path, "utf8")).includes("const b = a + 1;"));
  await session.request({ type: "edit", cell: "b", source: "const b = a + 2;", by: "me" });
  await until(async () => (await readFile(path, "utf8")).includes("const b = a + 2;"));
  expect(await readdir(dirname(path))).toEqual([".palimpsest", "n.ts"]);
  const kinds = session.eventsAfter(seq)?.map(({ event }) => event.type);
  expect(kinds).toEqual(["cell-edited", "cell-edited"]);
});

it("merges a change from outside with an edit that is not written yet, cell by cell", async () => {
  const { session, path } = await opened(TEXT);
  const editing = session.request({ type: "edit", cell: "b", source: "const b = 5;", by: "me" });
  const beside = `${path}.editor`;
  await writeFile(beside, TEXT.replace("const a = 1;", "const a = 7;"));
  await rename(beside, path);
  await editing;
  await until(() => sources(session).a === "const a = 7;");
  await until(async () => (await readFile(path, "utf8")).includes("const b = 5;"));
  expect(sources(session)).toEqual({ a: "const a = 7;", b: "const b = 5;" });
  expect(await readFile(path, "utf8")).toContain("const a = 7;");
});

it("merges a change from outside that comes just before the session closes", async () => {
  const { session, path } = await opened(TEXT);
  await session.request({ type: "edit", cell: "b", source: "const b = 5;", by: "me" });
  await writeFile(path, TEXT.replace("const a = 1;", "const a = 7;"));
  // Whoever closes it also waits for the file.
  void session.close();
  await session.close();
  expect(await readFile(path, "utf8")).toContain("const a = 7;");
  expect(await readFile(path, "utf8")).toContain("const b = 5;");
  expect(sources(session)).toEqual({ a: "const a = 7;", b: "const b = 5;" });
});

it("keeps an edit that is made while a change from outside is taken in", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "file-")), "n.ts");
  await writeFile(path, TEXT);
  const read = await readNotebook(path);
  let cells: readonly Cell[] = "notebook" in read ? read.notebook.cells : [];
  const edited = (id: string, source: string) => cells.map((cell) => (cell.id === id ? { ...cell, source } : cell));
  const file = new NotebookFile(path, read, {
    cells: () => cells,
    settings: () => DEFAULT_SETTINGS,
    merged: (merged) => {
      cells = merged;
    },
    notice: () => undefined,
    writing: async () => undefined,
    agreed: async () => {
      cells = edited("b", "const b = 5;");
    },
  });
  await writeFile(path, TEXT.replace("const a = 1;", "const a = 7;"));
  await file.save();
  await file.close();
  expect(cells.map(({ source }) => source.trim())).toEqual(["const a = 7;", "const b = 5;"]);
  expect(await readFile(path, "utf8")).toContain("const b = 5;");
});

it("does not take the file as agreed while the log misses its cells", async () => {
  const { session, path } = await opened(TEXT);
  const agreed = new AgreedText(dirname(path), "n.ts").path;
  const handle = await openFile(path);
  const append = vi.spyOn(Object.getPrototypeOf(handle), "appendFile").mockRejectedValue(new Error("ENOSPC"));
  await handle.close();
  await expect(session.request({ type: "edit", cell: "b", source: "const b = 5;", by: "me" })).rejects.toThrow(
    /could not be saved/,
  );
  await until(async () => (await readFile(path, "utf8")).includes("const b = 5;"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  append.mockRestore();
  expect(await readFile(agreed, "utf8")).toBe(TEXT);
});

it("saves the waiting edits when merge conflicts in the file are undone", async () => {
  const { session, path } = await opened(TEXT);
  await writeFile(
    path,
    TEXT.replace("const a = 1;", "<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other"),
  );
  await until(() => session.state.notice?.level === "error");
  await session.request({ type: "edit", cell: "b", source: "const b = 9;", by: "me" });
  await writeFile(path, TEXT);
  await until(async () => (await readFile(path, "utf8")).includes("const b = 9;"));
  expect(sources(session)).toEqual({ a: "const a = 1;", b: "const b = 9;" });
});

it("does not write to a file with conflict markers, says so, and continues when it is fixed", async () => {
  const { session, path } = await opened(TEXT);
  const torn = TEXT.replace("const a = 1;", "<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other");
  await writeFile(path, torn);
  await until(() => session.state.notice?.level === "error");
  expect(sources(session).a).toBe("const a = 1;");
  await session.request({ type: "edit", cell: "b", source: "const b = 9;", by: "me" });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await readFile(path, "utf8")).toBe(torn);
  await writeFile(path, TEXT.replace("const a = 1;", "const a = 2;"));
  await until(async () => (await readFile(path, "utf8")).includes("const b = 9;"));
  expect(sources(session)).toEqual({ a: "const a = 2;", b: "const b = 9;" });
});

it("opens a file that is not text with a notice, and never writes it", async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]);
  const { session, path } = await opened(bytes);
  expect(session.state.notice?.text).toMatch(/text/);
  await session.request({ type: "insert", after: null, kind: "code", source: "1;" });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await readFile(path)).toEqual(bytes);
});

it("splits a cell at a line that begins a cell, as the saved file will be read", async () => {
  const { session, path } = await opened(TEXT);
  await session.request({ type: "edit", cell: "a", source: "const a = 1;\n// %% more\nconst more = 2;", by: "me" });
  expect(session.state.cells.map(({ cell }) => cell.id)).toEqual(["a", "more", "b"]);
  await until(async () => (await readFile(path, "utf8")).includes("// %% more"));
});

it("is the same after closing and opening: cells, outputs, values of inputs", async () => {
  const { session, path } = await opened(TEXT);
  await session.request({ type: "mode", cell: "b", mode: "manual" });
  await session.close();
  expect(await readFile(path, "utf8")).toContain("// %% b mode=manual");
  const again = await openSession({ workspace: dirname(path), path: "n.ts", seed: 1, use: { kind: "page" } });
  open.push(again);
  expect(again.state.cells).toEqual(session.state.cells);
  expect(again.epoch).not.toBe(session.epoch);
});
