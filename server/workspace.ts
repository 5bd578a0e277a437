/**
 * The folder that the workbench works in. Every path that a request names is resolved here and held inside it, symbolic
 * links included; and here the notebooks that are open are kept, one session each.
 */
import { createHash } from "node:crypto";
import { constants, copyFile, lstat, mkdir, open, readdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { abstractOf } from "./listing.ts";
import { parseNotebook } from "./notebook/source/parse.ts";
import { printNotebook } from "./notebook/source/print.ts";
import type { NotebookListing } from "./protocol.ts";
import { readNotebook } from "./session/file.ts";
import { openSession } from "./session/open.ts";
import type { SessionOptions } from "./session/options.ts";
import type { Session } from "./session/session.ts";
import { writeSafely } from "./session/write-file.ts";

/** A path or a file that a request may not have, in words for the user. */
export class Denied extends Error {
  readonly status: 400 | 403 | 404 | 409;

  constructor(status: 400 | 403 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

const SKIPPED = new Set(["node_modules", "dist", "build"]);

/** Where all its kernels compute, and how much memory each may take for tensors. */
export type Device = Pick<SessionOptions, "backend" | "memory">;

export class Workspace {
  readonly folder: string;
  readonly #device: Device;
  readonly #sessions = new Map<string, Promise<Session>>();

  private constructor(folder: string, device: Device) {
    this.folder = folder;
    this.#device = device;
  }

  /** @throws when the folder is not there. */
  static async at(folder: string, device: Device = {}): Promise<Workspace> {
    return new Workspace(await realpath(folder), device);
  }

  /** The session of a notebook, opened when it is asked for first. @throws Denied */
  async session(path: string): Promise<Session> {
    const name = await this.#existing(path);
    const known = this.#sessions.get(name);
    if (known) return known;
    const opening = openSession({
      workspace: this.folder,
      path: name,
      seed: 1,
      use: { kind: "page" },
      ...this.#device,
    });
    this.#sessions.set(name, opening);
    opening.catch(() => this.#sessions.delete(name));
    return opening;
  }

  async listing(): Promise<NotebookListing> {
    const notebooks: NotebookListing["notebooks"][number][] = [];
    for await (const path of notebookFiles(this.folder)) {
      const full = join(this.folder, path);
      const read = await readNotebook(full).catch(() => undefined);
      if (!read || !/^\/\/[ \t]*%%/m.test(read.text)) continue;
      const name = path.split(sep).join("/");
      const session = await this.#sessions.get(name)?.catch(() => undefined);
      const cells = "notebook" in read ? read.notebook.cells : [];
      const { mtimeMs } = await stat(full);
      notebooks.push({
        path: name,
        ...abstractOf(cells, name),
        cells: cells.length,
        modified: mtimeMs,
        open: session !== undefined,
        running: session?.state.cells.some((cell) => cell.status === "running") ?? false,
      });
    }
    notebooks.sort((a, b) => a.path.localeCompare(b.path));
    return { workspace: this.folder, notebooks };
  }

  /** Makes a notebook, empty or as a copy. @returns its path in the workspace. @throws Denied */
  async make(path: string, from?: string): Promise<string> {
    const named = path.trim().endsWith(".ts") ? path.trim() : `${path.trim()}.ts`;
    if (!/^[\p{L}\p{N}_][\p{L}\p{N} ._-]*\.ts$/u.test(named.split("/").at(-1) ?? "")) {
      throw new Denied(400, `"${path}" cannot name a notebook: use letters, digits, spaces, dots, - and _.`);
    }
    const target = await this.#inside(named);
    const source = from === undefined ? undefined : join(this.folder, await this.#existing(from));
    const taken = await lstat(target).catch(() => undefined);
    if (taken) throw new Denied(409, `${named} is there already. Choose another name.`);
    await mkdir(dirname(target), { recursive: true });
    if (source) await copyFile(source, target, constants.COPYFILE_EXCL);
    else {
      const file = await open(target, "wx");
      await file.write(printNotebook(parseNotebook(blank(named))));
      await file.close();
    }
    return relative(this.folder, target).split(sep).join("/");
  }

  /**
   * Keeps a file that a page has chosen for an input, once for the same bytes.
   * @returns its path relative to the notebook's folder, which is what the input's value is. @throws Denied
   */
  async keep(notebook: string, name: string, bytes: Uint8Array): Promise<string> {
    const beside = dirname(join(this.folder, await this.#existing(notebook)));
    const plain = name.replace(/^.*[\\/]/, "").replace(/[^\p{L}\p{N} ._-]/gu, "_");
    if (plain === "" || plain.startsWith(".")) throw new Denied(400, `"${name}" cannot name a file.`);
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const place = join(this.folder, ".palimpsest", "files", digest, plain);
    await mkdir(dirname(place), { recursive: true });
    await writeSafely(place, bytes);
    return relative(beside, place).split(sep).join("/");
  }

  async close(): Promise<void> {
    const sessions = await Promise.all([...this.#sessions.values()].map((each) => each.catch(() => undefined)));
    await Promise.all(sessions.map((session) => session?.close()));
  }

  /** A notebook's path as the workspace names it. */
  async #existing(path: string): Promise<string> {
    const full = await this.#inside(path);
    const found = await stat(full).catch(() => undefined);
    if (!found?.isFile() || !full.endsWith(".ts"))
      throw new Denied(404, `There is no notebook ${path} in ${this.folder}.`);
    return relative(this.folder, full).split(sep).join("/");
  }

  /** @returns the real, absolute path; of a file that does not exist yet, below its nearest real folder. */
  async #inside(path: string): Promise<string> {
    if (path === "" || path.includes("\0") || path.includes("\\") || isAbsolute(path)) {
      throw new Denied(400, "Name a notebook by its path inside the workspace.");
    }
    const full = resolve(this.folder, path);
    let below = full;
    let real: string | undefined;
    while (real === undefined) {
      real = await realpath(below).catch(() => undefined);
      if (real === undefined) below = dirname(below);
    }
    const place = join(real, relative(below, full));
    if (!place.startsWith(this.folder + sep))
      throw new Denied(403, `${path} is outside of the workspace ${this.folder}.`);
    if (
      relative(this.folder, place)
        .split(sep)
        .some((part) => part.startsWith("."))
    ) {
      throw new Denied(403, `${path} is in a hidden folder, where notebooks do not live.`);
    }
    return place;
  }
}

async function* notebookFiles(root: string, folder = "", depth = 0): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < 4) yield* notebookFiles(root, path, depth + 1);
    else if (entry.isFile() && entry.name.endsWith(".ts")) yield path;
  }
}

function blank(name: string): string {
  const title = name.split("/").at(-1)?.replace(/\.ts$/, "") ?? name;
  return `// %% [markdown]\n// # ${title}\n\n// %% start\nimport { chatModel, input, show } from "palimpsest";\n`;
}
