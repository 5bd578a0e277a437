/**
 * Opens the workbench in the browser. The arguments of a program can be read by all users of the machine, so the browser gets
 * the name of a file that only this user can read, and the file leads to the address with the token.
 */
import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stateFolder } from "../session/state-folder.ts";

/** @returns a function that removes the file. @throws if the file cannot be written or no browser can be started */
export async function openBrowser(address: string): Promise<() => Promise<void>> {
  const path = join(await stateFolder(), `open-${randomBytes(9).toString("base64url")}.html`);
  await writeFile(path, redirectTo(address), { mode: 0o600, flag: "wx" });
  const remove = (): Promise<void> => rm(path, { force: true });
  try {
    const started = await startBrowser(pathToFileURL(path).href);
    started.on("error", () => undefined);
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

/**
 * The browser is asked for by name where that is possible: the system's default program for files of HTML may be an editor.
 * @returns the process that opens it
 */
async function startBrowser(address: string): Promise<EventEmitter> {
  const { default: open, apps } = await import("open");
  const [command, ...options] =
    process.env.BROWSER?.split(":")[0]
      ?.split(" ")
      .filter((word) => word !== "%s") ?? [];
  if (command) return open(address, { app: { name: command, arguments: options } });
  return open(address, { app: { name: apps.browser } }).catch(() => open(address));
}

/** A page that only leads on. */
export function redirectTo(address: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Palimpsest</title>
<meta http-equiv="refresh" content="0;url=${address}">
<p>Opening <a href="${address}">Palimpsest</a>.</p>
`;
}
