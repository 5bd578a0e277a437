import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { writeIfChanged, writeSafely, writeSafelySync } from "../../../server/session/write-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "write-file-"));
  return () => rm(folder, { recursive: true, force: true });
});

describe.each([
  ["writeSafely", writeSafely],
  ["writeSafelySync", async (path: string, data: string) => writeSafelySync(path, data)],
] as const)("%s", (_name, write) => {
  it("creates the file and its folders, and no other file", async () => {
    const path = join(folder, "a", "b", "notes.txt");
    await write(path, "first");
    await write(path, "second");
    expect(await readFile(path, "utf8")).toBe("second");
    expect(await readdir(join(folder, "a", "b"))).toEqual(["notes.txt"]);
  });

  it("keeps the permissions of an existing file", async () => {
    const path = join(folder, "secret");
    await writeFile(path, "old");
    await chmod(path, 0o600);
    await write(path, "new");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("keeps the old content and leaves no temporary file if it fails", async () => {
    const path = join(folder, "taken");
    await mkdir(join(path, "full"), { recursive: true });
    await expect(write(path, "new")).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["taken"]);
    expect(await readdir(path)).toEqual(["full"]);
  });

  it("replaces a link instead of writing through it", async () => {
    await writeFile(join(folder, "outside"), "untouched");
    await symlink(join(folder, "outside"), join(folder, "link"));
    await write(join(folder, "link"), "new");
    expect(await readFile(join(folder, "outside"), "utf8")).toBe("untouched");
    expect(await readFile(join(folder, "link"), "utf8")).toBe("new");
  });
});

it("writeIfChanged leaves a file alone that holds the text already", async () => {
  const path = join(folder, "agreed");
  await writeIfChanged(path, "one");
  const { ino } = await stat(path);
  await writeIfChanged(path, "one");
  expect((await stat(path)).ino).toBe(ino);
  await writeIfChanged(path, "two");
  expect(await readFile(path, "utf8")).toBe("two");
});
