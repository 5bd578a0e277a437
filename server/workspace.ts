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
import type { EndOrder, NotebookListing } from "./protocol.ts";
import { notebookFolders } from "./registry/places.ts";
import { Registry } from "./registry/registry.ts";
import { explained } from "./session/errno.ts";
import { placeInside } from "./session/inside.ts";
import { fileStem, nameFault, shortName } from "./session/names.ts";
import { openSession } from "./session/open.ts";
import { OpenNotebook } from "./session/open-notebook.ts";
import type { SessionOptions } from "./session/options.ts";
import { closeToOthers } from "./session/private-folder.ts";
import type { Session } from "./session/session.ts";
import { writeSafely } from "./session/write-file.ts";
import { roughly } from "./state/quantity.ts";
import { Sweeps } from "./sweep/sweeps.ts";

/** The workspace refuses what a request asks for; the message is for the user. */
export class Denied extends Error {
  readonly status: 400 | 403 | 404 | 409 | 503 | 507;

  constructor(status: Denied["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** The backend of all its kernels, how many bytes the tensors of each may use, and how long one may idle, in milliseconds. */
export type WorkspaceOptions = Pick<SessionOptions, "backend" | "memory"> & { readonly idle?: number };

/** How often idle kernels are looked for, at most, in milliseconds. */
const LOOK_MS = 30_000;

export class Workspace {
  readonly folder: string;
  /** The runs of all its notebooks. */
  readonly runs: Registry;
  readonly sweeps: Sweeps;
  readonly #options: WorkspaceOptions;
  readonly #open = new Map<string, Promise<OpenNotebook>>();
  /** The sessions of the notebooks that are open now. */
  readonly #sessions = new Map<string, Session>();
  /** Notebooks that are being closed; they can be opened again when their files are written. */
  readonly #closing = new Map<string, Promise<void>>();
  /** Why notebooks could not be opened the last time. */
  readonly #failures = new Map<string, Denied>();
  readonly #idleTimer: NodeJS.Timeout | undefined;

  private constructor(folder: string, options: WorkspaceOptions) {
    this.folder = folder;
    this.runs = new Registry(folder, (notebook, id) => this.#sessions.get(notebook)?.state.runs[id]?.status);
    const notebooks = { folders: () => notebookFolders(folder), existing: (path: string) => this.existing(path) };
    this.sweeps = new Sweeps(folder, notebooks, options);
    this.#options = options;
    const { idle } = options;
    if (idle === undefined) return;
    this.#idleTimer = setInterval(() => void this.#endIdle(idle).catch(console.error), Math.min(LOOK_MS, idle / 4));
    this.#idleTimer.unref();
  }

  /** @throws if the folder does not exist */
  static async at(folder: string, options: WorkspaceOptions = {}): Promise<Workspace> {
    return new Workspace(await realpath(folder), options);
  }

  /** The session of a notebook; the first request opens it. @throws Denied */
  async session(path: string): Promise<Session> {
    return (await this.opened(path)).session;
  }

  /** An open notebook; the first request opens it. @throws Denied */
  async opened(path: string): Promise<OpenNotebook> {
    const name = await this.existing(path);
    await this.#closing.get(name);
    const known = this.#open.get(name);
    if (known) return known;
    const { idle: _, ...device } = this.#options;
    const opening = this.#opening({
      workspace: this.folder,
      path: name,
      seed: 1,
      use: { kind: "page" },
      ...device,
    }).then(
      (session) => {
        this.#sessions.set(name, session);
        session.onClosed(() => this.#sessions.delete(name));
        return new OpenNotebook(session);
      },
      (error: Error) => {
        this.#open.delete(name);
        const { status, message } = explained(error) ?? { status: 409, message: error.message };
        const denied = new Denied(status, `${name} cannot be opened. ${message}`);
        this.#failures.set(name, denied);
        throw denied;
      },
    );
    this.#open.set(name, opening);
    await opening;
    this.#failures.delete(name);
    return opening;
  }

  async #opening(options: SessionOptions): Promise<Session> {
    await closeToOthers(this.folder, options.path);
    return openSession(options);
  }

  /** Opens nothing. @throws Denied if the notebook does not exist, or if it could not be opened the last time */
  async requireOpenable(path: string): Promise<void> {
    const name = await this.existing(path);
    const failure = this.#failures.get(name);
    if (failure) throw failure;
  }

  async listing(): Promise<NotebookListing> {
    const openNotebook = async (path: string): Promise<OpenNotebook | undefined> =>
      this.#open.get(path)?.catch(() => undefined);
    return { workspace: this.folder, notebooks: await listNotebooks(this.folder, openNotebook) };
  }

  /** Ends the kernel of an open notebook, or closes the notebook. @throws Denied if it is not open, or if a training runs that is to be kept */
  async end({ notebook, end, training }: EndOrder): Promise<void> {
    const open = await this.#open.get(notebook)?.catch(() => undefined);
    if (!open) throw new Denied(404, `${notebook} is not open.`);
    if (training === "keep" && open.work === "training")
      throw new Denied(409, `A training runs in ${notebook}. Stop it first, or interrupt it.`);
    if (end === "kernel") {
      await open.session.shutDownKernel(
        "The kernel was shut down on the start page. Outputs are kept; the values are gone until you run the cells again.",
      );
      return;
    }
    const closing = open.session.close();
    this.#closing.set(notebook, closing);
    this.#open.delete(notebook);
    await closing;
    this.#closing.delete(notebook);
  }

  async #endIdle(limit: number): Promise<void> {
    for (const opening of [...this.#open.values()]) {
      const open = await opening.catch(() => undefined);
      const idle = open?.idleFor(Date.now()) ?? 0;
      if (open?.hasKernel && idle >= limit)
        await open.session.shutDownKernel(
          `The kernel was shut down, since no page showed this notebook and nothing ran for ${roughly(limit / 1000)}. Outputs are kept; the values are gone until you run the cells again.`,
        );
    }
  }

  /** Creates a notebook, empty or as a copy of another. @returns its path in the workspace. @throws Denied */
  async create(path: string, copyOf?: string): Promise<string> {
    const { name, target } = await this.#newNotebook(path);
    const original = copyOf === undefined ? undefined : join(this.folder, await this.existing(copyOf));
    await mkdir(dirname(target), { recursive: true });
    if (original) await copyFile(original, target, constants.COPYFILE_EXCL);
    else {
      // "wx" fails if the file has come to exist by now.
      await writeFile(target, printNotebook(parseNotebook(blank(name))), { flag: "wx" });
    }
    return this.#named(target);
  }

  /**
   * Creates a notebook with some text beside another one. If the name is taken, a number is added to it.
   * @param name any text. @returns its path in the workspace. @throws Denied
   */
  async createBeside(notebook: string, name: string, text: string): Promise<string> {
    const above = dirname(await this.existing(notebook));
    const stem = fileStem(name);
    for (let n = 1; ; n++) {
      const path = join(above, `${stem}${n === 1 ? "" : `-${n}`}.ts`)
        .split(sep)
        .join("/");
      if (await lstat(join(this.folder, path)).catch(() => undefined)) continue;
      const { target } = await this.#newNotebook(path);
      await writeFile(target, text, { flag: "wx" });
      return this.#named(target);
    }
  }

  /** A folder that does not exist yet, directly in the workspace. @param name any text. @returns its absolute path */
  async newFolder(name: string): Promise<string> {
    const stem = fileStem(name);
    for (let n = 1; ; n++) {
      const folder = join(this.folder, n === 1 ? stem : `${stem}-${n}`);
      if (!(await lstat(folder).catch(() => undefined))) return folder;
    }
  }

  /** @returns its name with the ending, and where it goes. @throws Denied if it cannot have this name, or if it is taken */
  async #newNotebook(path: string): Promise<{ readonly name: string; readonly target: string }> {
    const name = path.trim().endsWith(".ts") ? path.trim() : `${path.trim()}.ts`;
    const own = nameFault(name.split("/").at(-1) ?? "");
    if (own !== undefined) throw new Denied(400, own);
    const target = await this.#inside(name);
    const fault = nameFault(name);
    if (fault !== undefined) throw new Denied(400, fault);
    // A link that leads nowhere is something, too.
    const taken = await lstat(join(this.folder, name)).catch(() => undefined);
    if (taken || (await lstat(target).catch(() => undefined)))
      throw new Denied(409, `${name} already exists. Choose another name.`);
    const above = await stat(dirname(target)).catch(() => undefined);
    if (above && !above.isDirectory()) throw new Denied(400, `${dirname(name)} is a file, not a folder.`);
    return { name, target };
  }

  /**
   * Stores a file that the user chose for an input; the same bytes are stored once.
   * @returns its path relative to the notebook's folder: the value of the input. @throws Denied
   */
  async storeFile(notebook: string, name: string, bytes: Uint8Array): Promise<string> {
    const folder = dirname(join(this.folder, await this.existing(notebook)));
    const safeName = shortName(name.replace(/^.*[\\/]/, "").replace(/[^\p{L}\p{M}\p{N} ._-]/gu, "_"));
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
        "The folder .palimpsest/files leads through a link to another folder. Remove the link to upload files.",
      );
    await writeSafely(place, bytes);
    return relative(folder, place).split(sep).join("/");
  }

  async close(): Promise<void> {
    clearInterval(this.#idleTimer);
    const open = await Promise.all([...this.#open.values()].map((each) => each.catch(() => undefined)));
    await Promise.all([this.sweeps.close(), ...open.map((each) => each?.session.close())]);
  }

  /** The path of a notebook as the workspace names it. @throws Denied if it does not exist */
  async existing(path: string): Promise<string> {
    const full = await this.#inside(path);
    const found = await stat(full).catch(() => undefined);
    if (!found?.isFile() || !full.endsWith(".ts")) {
      throw new Denied(404, `There is no notebook ${shortened(path)} in this workspace.`);
    }
    return this.#named(full);
  }

  /** Relative to the workspace, with forward slashes. */
  #named(full: string): string {
    return relative(this.folder, full).split(sep).join("/");
  }

  /** @returns the real, absolute path; the file need not exist yet. @throws Denied if it lies outside or in a hidden folder */
  async #inside(path: string): Promise<string> {
    if (path === "" || CONTROL.test(path) || path.includes("\\") || isAbsolute(path)) {
      throw new Denied(
        400,
        "Give the path of a notebook relative to the workspace, with forward slashes and without control characters.",
      );
    }
    const place = await placeInside(this.folder, resolve(this.folder, path)).catch((error: Error) => {
      const { status, message } = explained(error) ?? { status: 400 as const, message: "Choose another path." };
      throw new Denied(status, `${shortened(path)} cannot be used. ${message}`);
    });
    if (place === undefined || place === this.folder) {
      throw new Denied(403, `${shortened(path)} lies outside of the workspace. Choose a path inside.`);
    }
    if (
      this.#named(place)
        .split("/")
        .some((part) => part.startsWith("."))
    ) {
      throw new Denied(403, `${shortened(path)} is hidden: a part of it begins with a dot. Choose another path.`);
    }
    return place;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A path as a message shows it. */
function shortened(path: string): string {
  return path.length > 120 ? `${path.slice(0, 120)}…` : path;
}

function blank(name: string): string {
  const title = name.split("/").at(-1)?.replace(/\.ts$/, "") ?? name;
  return `// %% [markdown]\n// # ${title}\n\n// %% start\nimport { chatModel, input, show } from "palimpsest";\n`;
}
