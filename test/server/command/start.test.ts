/** What `palimpsest start` does besides serving: the port, the browser, the idle limit. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { CLI } from "../../browser/real-server.ts";
import { until } from "../until.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function folderOf(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the server on a folder, without a port. @returns its address, and a function that ends it */
async function started(folder: string, env: NodeJS.ProcessEnv, ...options: readonly string[]) {
  const child = spawn(process.execPath, [CLI, "start", folder, ...options], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const end = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  ends.unshift(end);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    printed += part;
  });
  await until(() => /http:\S+/.test(printed));
  return { address: new URL(/http:\S+/.exec(printed)?.[0] ?? ""), end };
}

it("takes the port of last time again where it is free, with a new token", async () => {
  const [folder, state] = [await folderOf("start-"), await folderOf("state-")];
  const env = { XDG_STATE_HOME: state };
  const first = await started(folder, env, "--no-open");
  await first.end();
  // The usual port may be free now, and another one was the last.
  const [name = ""] = await readdir(join(state, "palimpsest"));
  const file = join(state, "palimpsest", name);
  const probe: Server = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), port }));
  const elsewhere = await started(folder, env, "--no-open");
  expect(Number(elsewhere.address.port)).not.toBe(port);
  await elsewhere.end();
  probe.close();
  await once(probe, "close");
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), port }));
  const second = await started(folder, env, "--no-open");
  expect(Number(second.address.port)).toBe(port);
  expect(second.address.search).not.toBe(first.address.search);
}, 60_000);

it.skipIf(process.platform !== "linux")(
  "gives the browser a file that only the user can read, and no token",
  async () => {
    const [folder, state, tools] = [await folderOf("start-"), await folderOf("state-"), await folderOf("tools-")];
    const browser = join(tools, "browser");
    await writeFile(
      browser,
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${join(tools, "arguments.new")}\nmv ${join(tools, "arguments.new")} ${join(tools, "arguments")}\n`,
    );
    await chmod(browser, 0o755);
    const env = {
      XDG_STATE_HOME: state,
      BROWSER: browser,
      DISPLAY: ":0",
      CI: "",
      XDG_CURRENT_DESKTOP: "",
      DESKTOP_SESSION: "",
    };
    const server = await started(folder, env);
    await until(async () => (await readdir(tools)).includes("arguments"));
    const given = (await readFile(join(tools, "arguments"), "utf8")).trim();
    const token = server.address.searchParams.get("token") ?? "";
    expect(given).toMatch(/^file:/);
    expect(given).not.toContain(token);
    const path = fileURLToPath(given);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toContain(token);
    await server.end();
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  },
  60_000,
);

it.each(["2", "h", "-1h", "2 weeks", "0s"])("refuses the idle limit %s", async (limit) => {
  const folder = await folderOf("start-");
  const child = spawn(process.execPath, [CLI, "start", folder, "--no-open", `--idle=${limit}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  expect((await once(child, "exit"))[0]).toBe(2);
  expect(said).toContain("--idle must be a time such as 30m or 2h");
});
