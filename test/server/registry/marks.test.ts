/** The notes, tags and pins of runs in their file. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Registry } from "../../../server/registry/registry.ts";
import { registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("notes, tags and pins", () => {
  it("are kept in a file, over a restart of the server", async () => {
    const key = await writeRun(stage.folder, {});
    await stage.registry.mark(key, { note: "good", tags: ["paper"], pinned: true });
    const again = await new Registry(stage.folder).list();
    expect(again.runs[0]).toMatchObject({ note: "good", tags: ["paper"], pinned: true });
    await stage.registry.mark(key, { note: "", tags: [], pinned: false });
    expect(JSON.parse(await readFile(join(stage.folder, ".palimpsest", "marks.json"), "utf8"))).toEqual({});
    await expect(stage.registry.mark("../x", { note: "", tags: [], pinned: true })).rejects.toThrow("no run");
  });
});

describe("a file of notes that is not valid", () => {
  it("is not written over", async () => {
    const key = await writeRun(stage.folder, {});
    const path = join(stage.folder, ".palimpsest", "marks.json");
    const text = '<<<<<<< HEAD\n{"a": {"note": "of weeks"';
    await writeFile(path, text);
    await expect(stage.registry.mark(key, { note: "", tags: [], pinned: true })).rejects.toThrow(
      "marks.json is not valid",
    );
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await stage.listed()).toMatchObject([{ key, pinned: false }]);
  });
});

describe("a file of notes that somebody else changes", () => {
  const noted = (note: string) => ({ note, tags: [], pinned: false });

  it("is read again, and keeps what they wrote when a note is added", async () => {
    const [a, b] = [await writeRun(stage.folder, { id: "a" }), await writeRun(stage.folder, { id: "b" })];
    await stage.registry.mark(a, noted("mine"));
    const path = join(stage.folder, ".palimpsest", "marks.json");
    const { version, epoch } = await stage.registry.list();
    await writeFile(path, JSON.stringify({ [a]: noted("mine"), [b]: noted("theirs"), "gone/run": noted("of weeks") }));
    expect((await stage.listed()).map(({ note }) => note)).toEqual(["mine", "theirs"]);
    // What is as it was is not sent to the pages again.
    expect(stage.registry.deltaSince(version, epoch).changed.map(({ key }) => key)).toEqual([b]);
    await writeFile(path, JSON.stringify({ [b]: noted("newer"), "gone/run": noted("of weeks") }));
    await stage.registry.mark(a, noted("mine again"));
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      [a]: noted("mine again"),
      [b]: noted("newer"),
      "gone/run": noted("of weeks"),
    });
    // It heals when its user fixes it.
    await writeFile(path, "<<<<<<<");
    await expect(stage.registry.mark(a, noted("x"))).rejects.toThrow("not valid");
    expect((await stage.listed()).map(({ note }) => note)).toEqual(["mine again", "newer"]);
    await writeFile(path, "{}");
    await stage.registry.mark(a, noted("x"));
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ [a]: noted("x") });
  });
});
