/**
 * The files that cells may reach through their host. Paths are relative to the notebook's folder and held inside the
 * workspace, links resolved; folders of models, which may lie anywhere, can be read once a cell has named them.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const EMBEDDED = fileURLToPath(new URL("../../experiments/models/", import.meta.url));

export class Files {
  readonly #folder: string;
  readonly #workspace: string;
  readonly #models = new Set<string>();

  constructor(notebook: string, workspace: string) {
    this.#folder = dirname(notebook);
    this.#workspace = workspace;
  }

  async read(path: string): Promise<Uint8Array> {
    const file = await this.#readable(path);
    return told(path, () => readFile(file));
  }

  /** `into`, where given, is what the bytes are read to; it may be longer. @throws when the file ends before the range does. */
  async readRange(path: string, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const file = await this.#readable(path);
    return told(path, async () => {
      const handle = await open(file);
      try {
        // Not filled with zeros first, which takes as long as reading.
        const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) {
            throw new Error(`${path} ends at byte ${offset + done}; ${length} bytes from ${offset} were asked for.`);
          }
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  async list(folder: string): Promise<string[]> {
    const place = await this.#readable(folder);
    return told(folder, async () => (await readdir(place)).sort());
  }

  async write(path: string, data: Uint8Array | string): Promise<void> {
    const file = await this.#inside(path);
    await told(path, () => writeWhole(file, data));
  }

  /** A name without a slash is first looked for among the models that come with Palimpsest. */
  async modelFolder(name: string): Promise<string> {
    const own = resolve(this.#folder, name);
    const places = /[\\/]/.test(name) ? [own] : [join(EMBEDDED, name), own];
    for (const place of places) {
      const found = await stat(place).catch(() => undefined);
      if (!found?.isDirectory()) continue;
      this.#models.add(place);
      return place;
    }
    throw new Error(`There is no model "${name}": no folder ${places.join(" and no folder ")}.`);
  }

  async #readable(path: string): Promise<string> {
    const file = resolve(this.#folder, path);
    // As written, not as resolved: models of a cache are often folders of links to elsewhere.
    return [...this.#models].some((folder) => holds(folder, file)) ? file : this.#inside(path);
  }

  async #inside(path: string): Promise<string> {
    const file = await resolved(resolve(this.#folder, path));
    if (holds(await resolved(this.#workspace), file)) return file;
    throw new Error(
      `${path} lies outside of the workspace ${this.#workspace}. Move the file there, or name one inside.`,
    );
  }
}

export function holds(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== ".." && !path.startsWith("../") && !isAbsolute(path);
}

/** Writes beside and renames, so that a reader finds the old file or the new one, and a crash loses neither. */
export async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID().slice(0, 8)}.part`;
  try {
    const handle = await open(beside, "w");
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** The real path, where the last parts need not exist yet. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) !== "ENOENT" || above === path) throw error;
    return join(await resolved(above), relative(above, path));
  }
}

/** The system's refusals in words, with the path as the cell wrote it. */
async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
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
  EACCES: "may not be read or written by this user.",
  EISDIR: "is a folder, not a file.",
  ENOTDIR: "is a file, not a folder.",
  ENOSPC: "could not be written: the disk is full.",
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
