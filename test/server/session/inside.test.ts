import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { holds, placeInside } from "../../../server/session/inside.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "inside-")));
  folder = join(root, "workspace");
  await mkdir(join(folder, "data"), { recursive: true });
  await writeFile(join(root, "secret"), "");
  return () => rm(root, { recursive: true, force: true });
});

it("gives the real path of a path inside, whether or not it exists yet", async () => {
  expect(await placeInside(folder, join(folder, "data", "..", "data"))).toBe(join(folder, "data"));
  expect(await placeInside(folder, join(folder, "new", "file.txt"))).toBe(join(folder, "new", "file.txt"));
});

it("refuses a path that leads outside, by dots, by a link, or by a link to a missing file", async () => {
  await symlink(root, join(folder, "up"));
  await symlink(join(root, "not-there"), join(folder, "dangling"));
  for (const path of ["../secret", "up/secret", "dangling", "dangling/x"])
    expect([path, await placeInside(folder, join(folder, path))]).toEqual([path, undefined]);
});

it("distinguishes the folder from one beside it with a longer name", () => {
  expect(holds("/a/work", "/a/workspace/x")).toBe(false);
  expect(holds("/a/work", "/a/work/..x")).toBe(true);
  expect(holds("/a/work", "/a")).toBe(false);
});
