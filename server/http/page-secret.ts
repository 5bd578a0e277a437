/**
 * What lets pages that are open in the browser continue after a restart: the secret of the workspace's cookies, and the port at
 * which it was served last. Both are in a file of mode 0600 in the user's own state folder.
 */
import { createHash, randomBytes } from "node:crypto";
import { lstat, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { stateFolder } from "../session/state-folder.ts";
import { writeSafely } from "../session/write-file.ts";

const stored = v.object({ secret: v.pipe(v.string(), v.minLength(32)), port: v.optional(v.number()) });

export class PageSecret {
  readonly secret: string;
  /** The port at which the workspace was served last. */
  readonly port: number | undefined;
  readonly #path: string | undefined;

  private constructor(secret: string, port: number | undefined, path: string | undefined) {
    this.secret = secret;
    this.port = port;
    this.#path = path;
  }

  /** Where no state can be kept, the secret is new: pages then need the new address after a restart. */
  static async of(workspace: string): Promise<PageSecret> {
    const fresh = randomBytes(32).toString("base64url");
    const folder = await stateFolder().catch(() => undefined);
    if (folder === undefined) return new PageSecret(fresh, undefined, undefined);
    const name = createHash("sha256").update(workspace).digest("hex").slice(0, 32);
    const path = join(folder, `pages-${name}.json`);
    const known = await read(path);
    return new PageSecret(known?.secret ?? fresh, known?.port, path);
  }

  async keep(port: number): Promise<void> {
    if (this.#path === undefined) return;
    const text = `${JSON.stringify({ secret: this.secret, port })}\n`;
    // Without the file, a restart asks for the new address; nothing else is lost.
    await writeSafely(this.#path, text, 0o600).catch(() => undefined);
  }
}

/** A file that others can read, or that is not a file, is not trusted: its secret may be known. */
async function read(path: string): Promise<v.InferOutput<typeof stored> | undefined> {
  try {
    const found = await lstat(path);
    const mine = process.getuid === undefined || found.uid === process.getuid();
    const own = found.isFile() && mine && (process.platform === "win32" || (found.mode & 0o077) === 0);
    if (!own) {
      await rm(path, { recursive: true, force: true });
      return undefined;
    }
    return v.parse(stored, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}
