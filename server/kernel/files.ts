/**
 * The files that cells may reach through their host. Paths are relative to the notebook's folder and must lie inside the
 * workspace, links resolved. Folders of models may lie anywhere; they can be read once a cell has named them.
 */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { holds, placeInside } from "../session/inside.ts";
import { writeSafely } from "../session/write-file.ts";

/** The models that ship with Palimpsest. */
const SHIPPED = fileURLToPath(new URL("../../experiments/models/", import.meta.url));

export class Files {
  readonly #folder: string;
  readonly #workspace: string;
  readonly #models = new Set<string>();

  constructor(notebook: string, workspace: string) {
    this.#folder = dirname(notebook);
    this.#workspace = workspace;
  }

  async read(path: string): Promise<Uint8Array> {
    const file = await this.readable(path);
    return explained(path, () => readFile(file));
  }

  /** @param into takes the bytes if given; it may be longer than the range. @throws if the file ends before the range does */
  async readRange(path: string, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const file = await this.readable(path);
    return explained(path, async () => {
      const handle = await open(file);
      const tooShort = (end: number): Error =>
        new Error(`${path} is too short: it ends at byte ${end}, but ${offset + length} are needed.`);
      try {
        // Before memory is taken: the length may come from a damaged file.
        const { size } = await handle.stat();
        if (size < offset + length) throw tooShort(size);
        // Filling it with zeros first would take as long as reading.
        const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw tooShort(offset + done);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  async list(folder: string): Promise<string[]> {
    const place = await this.readable(folder);
    return explained(folder, async () => (await readdir(place)).sort());
  }

  async write(path: string, data: Uint8Array | string): Promise<void> {
    const file = await this.#inside(path);
    await explained(path, () => writeSafely(file, data));
  }

  /** The folder of a model. A name without a slash is looked up among the shipped models first. */
  async modelFolder(name: string): Promise<string> {
    const own = resolve(this.#folder, name);
    const places = /[\\/]/.test(name) ? [own] : [join(SHIPPED, name), own];
    for (const place of places) {
      const found = await stat(place).catch(() => undefined);
      if (!found?.isDirectory()) continue;
      this.#models.add(place);
      return place;
    }
    throw new Error(
      `There is no model "${name}": looked for the folder ${places.join(" and ")}. ` +
        `Give the name of a shipped model or the path of a model's folder.`,
    );
  }

  /** The absolute path of a file that cells may read. @throws if it lies outside of the workspace */
  async readable(path: string): Promise<string> {
    const file = resolve(this.#folder, path);
    // The path as written, not resolved: model caches are often folders of links to other places.
    return [...this.#models].some((folder) => holds(folder, file)) ? file : this.#inside(path);
  }

  async #inside(path: string): Promise<string> {
    const place = await placeInside(this.#workspace, resolve(this.#folder, path));
    if (place !== undefined) return place;
    throw new Error(
      `${path} lies outside of the workspace ${this.#workspace}. Move the file into the workspace, or name one inside.`,
    );
  }
}

/** Explains errors of the file system in words, with the path as the cell wrote it. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = REASONS[codeOf(error) ?? ""];
    if (why === undefined) throw error;
    throw new Error(`${path} ${why}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist. Paths are relative to the notebook's folder.",
  EACCES: "cannot be read or written: this user has no permission.",
  EISDIR: "is a folder, not a file.",
  ENOTDIR: "is a file, not a folder.",
  ENOSPC: "could not be written: the disk is full.",
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
