/**
 * The notebook's text on which file and session last agreed. It shows which of the two was edited since. Before the session
 * writes the file, it notes the digest of the new text: if the server is killed between the file and this record, the file's
 * text is recognised as the session's own, and is not merged as a change made outside.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile } from "./read-file.ts";
import { writeIfChanged, writeSafely } from "./write-file.ts";

export class AgreedText {
  readonly path: string;
  readonly #writing: string;

  constructor(workspace: string, notebook: string) {
    const base = join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ""));
    this.path = `${base}.agreed.ts`;
    this.#writing = `${base}.writing`;
  }

  /**
   * @param now the file's text
   * @returns undefined if there is no such text, or if it is not a file
   */
  async read(now?: string): Promise<string | undefined> {
    if (now !== undefined && (await textIn(this.#writing)) === digestOf(now)) return now;
    return textIn(this.path);
  }

  /** The file is about to get this text. */
  async begin(text: string): Promise<void> {
    await writeSafely(this.#writing, digestOf(text));
  }

  async agree(text: string): Promise<void> {
    await writeIfChanged(this.path, text);
    await rm(this.#writing, { force: true });
  }
}

async function textIn(path: string): Promise<string | undefined> {
  const bytes = await readRegularFile(path, { most: 32e6 }).catch(() => undefined);
  return bytes?.toString("utf8");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
