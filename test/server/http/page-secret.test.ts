import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PageSecret } from "../../../server/http/page-secret.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "home-"));
  vi.stubEnv("XDG_STATE_HOME", home);
});
afterEach(() => vi.unstubAllEnvs());

const kept = async (): Promise<string> => {
  const [name = ""] = await readdir(join(home, "palimpsest"));
  return join(home, "palimpsest", name);
};

it("is the same for a workspace at its next start, with the port, and another for another workspace", async () => {
  const first = await PageSecret.of("/a");
  expect(first.port).toBeUndefined();
  await first.keep(4751);
  expect(await PageSecret.of("/a")).toMatchObject({ secret: first.secret, port: 4751 });
  expect((await PageSecret.of("/b")).secret).not.toBe(first.secret);
  expect((await stat(await kept())).mode & 0o777).toBe(0o600);
  expect((await stat(join(home, "palimpsest"))).mode & 0o777).toBe(0o700);
});

it.each<[string, (path: string) => Promise<void>]>([
  ["that others can read", (path) => chmod(path, 0o644)],
  ["that is damaged", (path) => writeFile(path, '{"secret": "short"}')],
  [
    "that is a link",
    async (path) => {
      const copy = join(home, "copy.json");
      await writeFile(copy, await readFile(path), { mode: 0o600 });
      await rm(path);
      await symlink(copy, path);
    },
  ],
])("is new if it is kept in a file %s", async (_, spoil) => {
  const first = await PageSecret.of("/a");
  await first.keep(1);
  await spoil(await kept());
  const second = await PageSecret.of("/a");
  expect(second.secret).not.toBe(first.secret);
  await second.keep(2);
  expect((await stat(await kept())).mode & 0o777).toBe(0o600);
  expect((await PageSecret.of("/a")).secret).toBe(second.secret);
});

it("is new at each start where nothing can be kept", async () => {
  vi.stubEnv("XDG_STATE_HOME", "/dev/null");
  const first = await PageSecret.of("/a");
  await first.keep(1);
  expect(first.secret.length).toBeGreaterThan(32);
  expect((await PageSecret.of("/a")).secret).not.toBe(first.secret);
});
