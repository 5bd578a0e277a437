/** Starts the real server for a folder, with the command that users run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const CLI = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));

export type Served = {
  /** With the token, as the server prints it. */
  readonly address: string;
  readonly pid: number;
  /** Asks it to end. */
  readonly close: () => Promise<void>;
  /** Kills it. */
  readonly kill: () => Promise<void>;
};

/** @param port a free one by default */
export async function serve(folder: string, port?: number, ...options: readonly string[]): Promise<Served> {
  const args = [CLI, "start", folder, "--port", String(port ?? (await freePort())), "--no-open", ...options];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.kill(signal);
    await ended;
  };
  const address = await new Promise<string>((resolve, reject) => {
    let printed = "";
    server.stdout.setEncoding("utf8").on("data", (part: string) => {
      printed += part;
      const found = /http:\S+/.exec(printed)?.[0];
      if (found) resolve(found);
    });
    server.once("exit", () => reject(new Error("The server ended before it printed its address.")));
  });
  return { address, pid: server.pid ?? 0, close: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
