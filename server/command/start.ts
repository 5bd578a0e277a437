/** `palimpsest start`: serves a folder of notebooks and opens it in the browser. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { bundle } from "../http/assets.ts";
import { listen, PortTaken } from "../http/listen.ts";
import { PageSecret } from "../http/page-secret.ts";
import { Damaged } from "../records/open-record.ts";
import { unpackRecord } from "../records/unpack-record.ts";
import { FolderLock, Locked } from "../session/lock.ts";
import { unpackPage } from "../share/open-page.ts";
import type { PagePart } from "../share/page.ts";
import { Workspace } from "../workspace.ts";
import { backendOf, type Command, Misuse, memoryOf, parseArguments } from "./command.ts";
import { openBrowser } from "./open-browser.ts";

const PORT = 4747;
/** How many ports are tried, one after the other, if none is given. */
const PORTS = 50;

export const start: Command = {
  name: "start",
  synopsis: "start [folder|record.zip|page.html] [--port p] [--no-open]",
  summary: "opens the workbench in the browser",
  usage: `palimpsest start [folder|record.zip|page.html] [--port p] [--no-open] [--backend b] [--memory size] [--idle time] [--sourcemap]

Opens the workbench on a folder of notebooks. Without a folder it opens the current one, or the experiments if the current
one is Palimpsest's own. The archive of a record, or a page that palimpsest export made, is unpacked into a folder beside it;
nothing in it runs until you run it.

  --port p       the port to listen on; default: the one of last time, else ${PORT} or the next free one
  --no-open      do not open the browser
  --backend b    compute with this backend instead of the best one of this machine (see palimpsest doctor)
  --memory size  the most memory that the tensors of a notebook may use, such as 6GB; a cell that needs more fails and
                 shows which cells use how much
  --idle time    shut down the kernel of a notebook that no page shows and in which nothing runs for so long, such as 30m
                 or 2h; outputs are kept, the values are lost; default: never
  --sourcemap    serve the page with source maps, to debug the page itself`,

  async run(args) {
    // The server collects garbage sooner, since the memory belongs to the trainings: its heap grows by half, not by a multiple.
    setFlagsFromString("--heap-growing-percent=50");
    const { values, positionals } = parseArguments(args, {
      port: { type: "string" },
      "no-open": { type: "boolean" },
      backend: { type: "string" },
      memory: { type: "string" },
      idle: { type: "string" },
      sourcemap: { type: "boolean" },
    });
    if (positionals.length > 1) throw new Misuse(`palimpsest start takes one folder, not ${positionals.length}.`);
    const folder = positionals[0] === undefined ? defaultFolder() : await folderOf(resolve(positionals[0]));
    const options = { ...backendOf(values.backend), ...memoryOf(values.memory), ...idleOf(values.idle) };
    const given = values.port === undefined ? undefined : portOf(values.port);

    const [workspace, assets] = await Promise.all([
      Workspace.at(folder, options),
      bundle({ sourcemap: values.sourcemap ?? false }),
    ]);
    const lock = await lockedFolder(workspace.folder);
    const pages = await PageSecret.of(workspace.folder);
    const token = randomBytes(24).toString("base64url");
    const running = async (record: string): Promise<PagePart> =>
      (await import("./running-part.ts")).runningPart(record);
    const parts = { workspace, assets, secrets: { token, cookie: pages.secret }, running };
    const server = await listen(parts, given === undefined ? usualPorts(pages.port) : [given]).catch(
      async (error: Error) => {
        await lock?.release();
        throw error instanceof PortTaken ? new Misuse(`${error.message} Choose another with --port.`) : error;
      },
    );
    const address = `http://127.0.0.1:${server.port}/?token=${token}`;
    await Promise.all([lock?.announce(`http://127.0.0.1:${server.port}/`), pages.keep(server.port)]);
    surviveErrors();
    // The first scan of many runs takes a moment; the page of the runs then opens at once.
    void workspace.runs.refresh().catch(() => undefined);
    process.stdout.write(`Palimpsest is running at ${address}\n`);
    const opened = !values["no-open"] && hasScreen() ? await openBrowser(address).catch(() => undefined) : undefined;
    await new Promise<void>((end) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
    });
    await opened?.();
    await server.close();
    await workspace.close();
    await lock?.release();
    return 0;
  },
};

/** A folder that cannot be written needs no lock: its notebooks open read-only. @throws Misuse if another server works there */
async function lockedFolder(folder: string): Promise<FolderLock | undefined> {
  return FolderLock.acquire(folder).catch((error: Error) => {
    if (error instanceof Locked) throw new Misuse(error.message);
    return undefined;
  });
}

/** A folder, or what the archive of a record or a shared page is unpacked to. @throws Misuse */
async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  const [kind] = /\.(?:zip|html?)$/i.exec(path) ?? [];
  if (!found?.isFile() || kind === undefined) throw new Misuse(`There is no folder ${path}.`);
  const unpacked = kind.toLowerCase() === ".zip" ? unpackRecord(path) : unpackPage(path);
  return unpacked.catch((error: Error) => {
    throw error instanceof Damaged ? new Misuse(error.message) : error;
  });
}

function defaultFolder(): string {
  const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
  const experiments = join(root, "experiments");
  return process.cwd() === root && existsSync(experiments) ? experiments : process.cwd();
}

/**
 * Trainings of hours hang on this process, and edits are on the disk when they are acknowledged. So an error that nobody caught,
 * in a timer or a watcher, is printed and does not end it.
 */
function surviveErrors(): void {
  const report = (error: unknown): void => {
    process.stderr.write(`An error inside Palimpsest. It continues; please report this:\n${inspect(error)}\n`);
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
}

/** Reads a time such as `30m` or `2h`. @throws Misuse */
function idleOf(text: string | undefined): { readonly idle?: number } {
  if (text === undefined) return {};
  const [, amount, unit = ""] = text.trim().match(/^(\d+(?:\.\d+)?)\s*([smhd])$/i) ?? [];
  const ms = Number(amount) * ({ s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 }[unit.toLowerCase()] ?? Number.NaN);
  if (!(ms >= 1000)) throw new Misuse(`--idle must be a time such as 30m or 2h, not "${text}".`);
  return { idle: ms };
}

/** The port of last time comes first, so that pages that are still open find the server again. */
function usualPorts(last: number | undefined): readonly number[] {
  const usual = Array.from({ length: PORTS }, (_, n) => PORT + n);
  return last === undefined ? usual : [last, ...usual.filter((port) => port !== last)];
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new Misuse(`--port must be a number from 1 to 65535, not "${text}".`);
  return port;
}

/** Whether this machine has a screen. */
function hasScreen(): boolean {
  if (process.env.CI) return false;
  return process.platform !== "linux" || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}
