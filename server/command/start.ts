/** `palimpsest start`: opens the workbench on a folder. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../http/assets.ts";
import { listen, PortTaken } from "../http/listen.ts";
import { Workspace } from "../workspace.ts";
import { backendOf, type Command, Misuse, memoryOf, words } from "./command.ts";

const PORT = 4747;
/** Ports tried one after the other when none was asked for. */
const PORTS = 50;

export const start: Command = {
  name: "start",
  synopsis: "start [folder] [--port p] [--no-open]",
  summary: "opens the workbench in the browser",
  usage: `palimpsest start [folder] [--port p] [--no-open] [--backend b] [--memory size] [--sourcemap]

Opens the workbench on a folder of notebooks: the one named, the experiments when started from Palimpsest's own
folder, else the folder that you are in.

  --port p      the port to listen on; without it ${PORT} or the next one free
  --no-open     do not open the browser
  --backend b   where tensors are computed, instead of the best that this machine has (see palimpsest doctor)
  --memory size what tensors may take, such as 6GB; a cell that wants more fails and says who holds what
  --sourcemap   serve the page with source maps, for work on the page itself`,

  async run(args) {
    const { values, positionals } = words(args, {
      port: { type: "string" },
      "no-open": { type: "boolean" },
      backend: { type: "string" },
      memory: { type: "string" },
      sourcemap: { type: "boolean" },
    });
    if (positionals.length > 1) throw new Misuse(`start takes one folder, not ${positionals.length}.`);
    const folder = positionals[0] === undefined ? defaultFolder() : resolve(positionals[0]);
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new Misuse(`There is no folder ${folder}.`);
    const device = { ...backendOf(values.backend), ...memoryOf(values.memory) };
    const ports = values.port === undefined ? Array.from({ length: PORTS }, (_, n) => PORT + n) : [portOf(values.port)];

    const [workspace, assets] = await Promise.all([Workspace.at(folder, device), bundle(values.sourcemap ?? false)]);
    const token = randomBytes(24).toString("base64url");
    const server = await listen({ workspace, assets, token }, ports).catch((error: Error) => {
      throw error instanceof PortTaken ? new Misuse(`${error.message} Choose another with --port.`) : error;
    });
    const address = `http://127.0.0.1:${server.port}/?token=${token}`;
    process.stdout.write(`Palimpsest is at ${address}\n`);
    if (!values["no-open"] && mayOpen())
      await import("open").then(({ default: open }) => open(address)).catch(() => undefined);
    await new Promise<void>((end) => {
      process.once("SIGINT", end);
      process.once("SIGTERM", end);
    });
    await server.close();
    await workspace.close();
    return 0;
  },
};

function defaultFolder(): string {
  const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
  const experiments = join(root, "experiments");
  return process.cwd() === root && existsSync(experiments) ? experiments : process.cwd();
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new Misuse(`--port takes a number from 1 to 65535, not "${text}".`);
  return port;
}

/** Whether there is somebody in front of a browser. */
function mayOpen(): boolean {
  if (process.env.CI) return false;
  return process.platform !== "linux" || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}
