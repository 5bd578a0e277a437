/** Starts the real server for a folder, with the command that users run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const CLI = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));

/** @returns the address with the token that the server prints, and a function that ends the server */
export async function serve(folder: string): Promise<{ address: string; close: () => Promise<void> }> {
  const args = [CLI, "start", folder, "--port", String(await freePort()), "--no-open"];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const close = async (): Promise<void> => {
    server.kill("SIGTERM");
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
  return { address, close };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
