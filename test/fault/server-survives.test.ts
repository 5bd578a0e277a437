/** Errors that nobody caught, in timers and watchers, end neither the server nor a notebook. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ServerMessage } from "../../server/state/server-message.ts";
import { freePort } from "../browser/real-server.ts";
import { workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

const CLI = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
const TEXT = "// %% a\nconst a = 1;\n";
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Running = {
  readonly workspace: string;
  readonly address: URL;
  readonly printed: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
};

/** Starts the server with code that goes wrong inside its process. */
async function startedWith(code: string, ...options: readonly string[]): Promise<Running> {
  const workspace = await workspaceOf({ "n.ts": TEXT });
  const port = options.includes("--port") ? [] : ["--port", String(await freePort())];
  const args = ["--import", `data:text/javascript,${encodeURIComponent(code)}`, CLI, "start", workspace, "--no-open"];
  const child = spawn(process.execPath, [...args, ...port, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      printed += part;
    });
  ends.push(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await until(() => /http:\S+/.test(printed));
  return {
    workspace,
    address: new URL(/http:\S+/.exec(printed)?.[0] ?? ""),
    printed: () => printed,
    signal: (name) => child.kill(name),
  };
}

async function page({ address }: Running): Promise<{ messages: ServerMessage[]; socket: WebSocket }> {
  const authorization = `Bearer ${address.searchParams.get("token")}`;
  const socket = new WebSocket(`ws://${address.host}/api/session?notebook=n.ts`, { headers: { authorization } });
  const messages: ServerMessage[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  await until(() => messages.some(({ type }) => type === "caught-up"));
  return { messages, socket };
}

it("an exception in a timer and a rejection that nobody handles are printed, and the server goes on", async () => {
  const running = await startedWith(
    `process.on("SIGUSR2", () => {
      setTimeout(() => { throw new Error("from a timer"); }, 1);
      setTimeout(() => { Promise.reject(new Error("from a promise")); }, 1);
    });`,
  );
  running.signal("SIGUSR2");
  await until(() => running.printed().includes("from a timer") && running.printed().includes("from a promise"));
  const { socket } = await page(running);
  socket.send(JSON.stringify({ id: 1, request: { type: "edit", cell: "a", source: "const a = 2;", by: "me" } }));
  await until(async () => (await readFile(join(running.workspace, "n.ts"), "utf8")).includes("a = 2"));
  socket.close();
});

it.each(["EMFILE", "ENOSPC"])(
  "a notebook whose file cannot be watched (%s) says so, opens and is saved",
  async (code) => {
    const running = await startedWith(`
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    fs.watch = () => { throw Object.assign(new Error("${code}: no watcher left"), { code: "${code}" }); };
    syncBuiltinESMExports();
  `);
    const { socket, messages } = await page(running);
    await until(() => JSON.stringify(messages).includes("in other programs are not noticed"));
    socket.send(JSON.stringify({ id: 1, request: { type: "edit", cell: "a", source: "const a = 2;", by: "me" } }));
    await until(async () => (await readFile(join(running.workspace, "n.ts"), "utf8")).includes("a = 2"));
    // What changed in the file is still merged before each write.
    await writeFile(join(running.workspace, "n.ts"), "// %% a\nconst a = 2;\n\n// %% b\nconst b = 3;\n");
    socket.send(JSON.stringify({ id: 2, request: { type: "edit", cell: "a", source: "const a = 4;", by: "me" } }));
    await until(async () => (await readFile(join(running.workspace, "n.ts"), "utf8")).includes("a = 4"));
    expect(await readFile(join(running.workspace, "n.ts"), "utf8")).toContain("const b = 3;");
    socket.close();
  },
);
