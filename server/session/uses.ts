/**
 * What the cells of a notebook have used from outside of it: files, packages, models. A record that is saved later needs it. It is
 * kept on disk, so that a notebook that is opened again can still be saved with its trainings. The file names places of this
 * machine that a record copies from, so it is signed: a list that came with a folder counts as empty.
 */
import { join } from "node:path";
import * as v from "valibot";
import type { Used } from "../messages.ts";
import { isSignedBy, machineKey, signature } from "./machine-key.ts";
import { readRegularFile } from "./read-file.ts";
import { writeSafely } from "./write-file.ts";

const MOST_BYTES = 16e6;
const text = v.string();
const cell = v.exactOptional(text);
const used: v.GenericSchema<unknown, Used> = v.variant("type", [
  v.object({ type: v.literal("file-used"), cell, path: text, mark: v.exactOptional(text) }),
  v.object({ type: v.literal("package-used"), cell, name: text, version: text, digest: text }),
  v.object({ type: v.literal("model-used"), cell, name: text, folder: text }),
]);
const usesFile = v.object({ signature: text, uses: v.array(used) });

export class Uses {
  readonly #path: string;
  #keep: "on disk" | "in memory" = "in memory";
  readonly #key = machineKey().key;
  readonly #all = new Map<string, Used>();
  #writing: Promise<void> = Promise.resolve();
  #isWritten = true;

  constructor(workspace: string, notebook: string) {
    this.#path = join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".uses.json"));
  }

  /** Reads what earlier sessions used, and keeps the list on disk from now on. */
  async load(): Promise<void> {
    this.#keep = "on disk";
    try {
      const bytes = await readRegularFile(this.#path, { most: MOST_BYTES });
      const file = v.parse(usesFile, JSON.parse(bytes.toString("utf8")));
      if (!isSignedBy(this.#key, this.#signedText(file.uses), file.signature)) return;
      for (const each of file.uses) if (!this.#all.has(keyOf(each))) this.#all.set(keyOf(each), each);
    } catch {
      // Nothing was used before, or the file is damaged.
    }
  }

  add(each: Used): void {
    this.#all.set(keyOf(each), each);
    if (this.#keep === "in memory" || !this.#isWritten) return;
    this.#isWritten = false;
    // A record can still be saved in this session if the list cannot be written.
    this.#writing = this.#writing.then(() => this.#write()).catch(() => undefined);
  }

  /** A cell begins again: what it used before counts no more. */
  forget(cell: string): void {
    for (const [key, each] of this.#all) if (each.cell === cell) this.#all.delete(key);
  }

  /** Models first: a file belongs to the model whose folder it is in. */
  get all(): readonly Used[] {
    const all = [...this.#all.values()];
    return [...all.filter(({ type }) => type === "model-used"), ...all.filter(({ type }) => type !== "model-used")];
  }

  /** Resolves when the list is on disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    this.#isWritten = true;
    const uses = this.all;
    const signed = signature(this.#key, this.#signedText(uses));
    await writeSafely(this.#path, `${JSON.stringify({ signature: signed, uses })}\n`, 0o600);
  }

  /** The place is part of it: the list of one notebook cannot be given to another. */
  #signedText(uses: readonly Used[]): string {
    return JSON.stringify(["uses", this.#path, uses]);
  }
}

function keyOf(each: Used): string {
  return JSON.stringify([each.cell, each.type, nameOf(each)]);
}

function nameOf(each: Used): string {
  switch (each.type) {
    case "file-used":
      return each.path;
    case "package-used":
      return each.name;
    case "model-used":
      return each.folder;
  }
}
