/** The states that a page sees follow the files, although reports are not read again and again. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import { EntryStates } from "../../../server/sweep/entry-states.ts";
import { SweepFolder } from "../../../server/sweep/sweep-folder.ts";
import { workspaceOf } from "../session/workbench.ts";

it("reads a report once, and again when it was replaced or removed", async () => {
  const folder = await SweepFolder.make(await workspaceOf({}), "n.ts", "0123456789abcdef");
  const entry = { id: "e" };
  const path = folder.filesOf(entry).result;
  const states = new EntryStates();
  const look = async (): Promise<string> => (await states.of(folder, entry)).status;
  const reading = vi.spyOn(folder, "stateOf");
  expect([await look(), await look(), reading.mock.calls.length]).toEqual(["missing", "missing", 2]);
  await mkdir(folder.folderOf(entry));
  await writeFile(path, JSON.stringify({ status: "failed", results: [] }));
  expect([await look(), await look(), reading.mock.calls.length]).toEqual(["failed", "failed", 3]);
  await rm(path);
  expect(await look()).toBe("missing");
  await writeFile(path, JSON.stringify({ status: "done", results: [{ method: "m", x: 1 }] }));
  expect(await states.of(folder, entry)).toEqual({
    ...{ status: "done", results: [{ method: "m", x: 1 }], record: null },
  });
});
