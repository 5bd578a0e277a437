/**
 * The folder that the workbench works in, and its open notebooks, one session each. Every path that a request names is
 * resolved here, symbolic links included, and must lie inside the folder.
 */
import { createHash } from "node:crypto";
import { constants, copyFile, lstat, mkdir, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { listNotebooks } from "./listing.ts";
import { parseNotebook } from "./notebook/source/parse.ts";
import { printNotebook } from "./notebook/source/print.ts";
import type { NotebookListing } from "./protocol.ts";
import { placeInside } from "./session/inside.ts";
import { openSession } from "./session/open.ts";
import type { SessionOptions } from "./session/options.ts";
import type { Session } from "./session/session.ts";
import { writeSafely } from "./session/write-file.ts";

/** The workspace refuses what a request asks for; the message is for the user. */
export class Denied extends Error {
  readonly status: 400 | 403 | 404 | 409;

  constructor(status: 400 | 403 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

/** The backend of all its kernels, and how many bytes the tensors of each may use. */
export type Device = Pick<SessionOptions, "backend" | "memory">;

export class Workspace {
  readonly folder: string;
  readonly #device: Device;
  readonly #sessions = new Map<string, Promise<Session>>();

  private constructor(folder: string, device: Device) {
    this.folder = folder;
    this.#device = device;
  }

  /** @throws if the folder does not exist */
  static async at(folder: string, device: Device = {}): Promise<Workspace> {
    return new Workspace(await realpath(folder), device);
  }

  /** The session of a notebook; the first request opens it. @throws Denied */
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
    const sessionOf = async (path: string): Promise<Session | undefined> =>
      this.#sessions.get(path)?.catch(() => undefined);
    return { workspace: this.folder, notebooks: await listNotebooks(this.folder, sessionOf) };
  }

  /** Creates a notebook, empty or as a copy of another. @returns its path in the workspace. @throws Denied */
  async create(path: string, copyOf?: string): Promise<string> {
    const name = path.trim().endsWith(".ts") ? path.trim() : `${path.trim()}.ts`;
    if (!/^[\p{L}\p{N}_][\p{L}\p{N} ._-]*\.ts$/u.test(name.split("/").at(-1) ?? "")) {
      throw new Denied(
        400,
        `"${path}" is not a valid name for a notebook: use letters, digits, spaces, dots, - and _.`,
      );
    }
    const target = await this.#inside(name);
    const original = copyOf === undefined ? undefined : join(this.folder, await this.#existing(copyOf));
    const taken = await lstat(target).catch(() => undefined);
    if (taken) throw new Denied(409, `${name} already exists. Choose another name.`);
    await mkdir(dirname(target), { recursive: true });
    if (original) await copyFile(original, target, constants.COPYFILE_EXCL);
    else {
      // "wx" fails if the file has come to exist by now.
      await writeFile(target, printNotebook(parseNotebook(blank(name))), { flag: "wx" });
    }
    return this.#named(target);
  }

  /**
   * Stores a file that the user chose for an input; the same bytes are stored once.
   * @returns its path relative to the notebook's folder: the value of the input. @throws Denied
   */
  async storeFile(notebook: string, name: string, bytes: Uint8Array): Promise<string> {
    const folder = dirname(join(this.folder, await this.#existing(notebook)));
    const safeName = name.replace(/^.*[\\/]/, "").replace(/[^\p{L}\p{N} ._-]/gu, "_");
    if (safeName === "" || safeName.startsWith(".")) {
      throw new Denied(
        400,
        `"${name}" is not a valid file name. Rename the file so that its name begins with a letter.`,
      );
    }
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const place = join(this.folder, ".palimpsest", "files", digest, safeName);
    if ((await placeInside(this.folder, dirname(place))) !== dirname(place))
      throw new Denied(
        403,
        `${dirname(place)} leads through a link to another folder. Remove the link to upload files.`,
      );
    await writeSafely(place, bytes);
    return relative(folder, place).split(sep).join("/");
  }

  async close(): Promise<void> {
    const sessions = await Promise.all([...this.#sessions.values()].map((each) => each.catch(() => undefined)));
    await Promise.all(sessions.map((session) => session?.close()));
  }

  /** The path of a notebook as the workspace names it. @throws Denied if it does not exist */
  async #existing(path: string): Promise<string> {
    const full = await this.#inside(path);
    const found = await stat(full).catch(() => undefined);
    if (!found?.isFile() || !full.endsWith(".ts")) {
      throw new Denied(404, `There is no notebook ${path} in ${this.folder}.`);
    }
    return this.#named(full);
  }

  /** Relative to the workspace, with forward slashes. */
  #named(full: string): string {
    return relative(this.folder, full).split(sep).join("/");
  }

  /** @returns the real, absolute path; the file need not exist yet. @throws Denied if it lies outside or in a hidden folder */
  async #inside(path: string): Promise<string> {
    if (path === "" || path.includes("\0") || path.includes("\\") || isAbsolute(path)) {
      throw new Denied(400, "Give the path of a notebook relative to the workspace, with forward slashes.");
    }
    const place = await placeInside(this.folder, resolve(this.folder, path)).catch((error: Error) => {
      throw new Denied(400, `${path} cannot be used: ${error.message}`);
    });
    if (place === undefined || place === this.folder) {
      throw new Denied(403, `${path} lies outside of the workspace ${this.folder}. Choose a path inside.`);
    }
    if (
      this.#named(place)
        .split("/")
        .some((part) => part.startsWith("."))
    ) {
      throw new Denied(403, `${path} is hidden: a part of it begins with a dot. Choose another path.`);
    }
    return place;
  }
}

function blank(name: string): string {
  const title = name.split("/").at(-1)?.replace(/\.ts$/, "") ?? name;
  return `// %% [markdown]\n// # ${title}\n\n// %% start\nimport { chatModel, input, show } from "palimpsest";\n`;
}
