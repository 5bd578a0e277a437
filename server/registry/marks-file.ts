/** The notes, tags and pins of runs: one small file of the workspace, `.palimpsest/marks.json`, by the paths of the runs. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Marks, UNMARKED } from "../runs/types.ts";
import { placeInside } from "../session/inside.ts";
import { checked } from "../session/schema/fault.ts";
import { writeSafely } from "../session/write-file.ts";
import { NotPossible } from "./not-possible.ts";
import { OWN_FOLDER } from "./places.ts";
import { plainText } from "./plain-file.ts";
import { parsed } from "./run-files.ts";

const BYTES = 16e6;
export const marks = v.object({
  note: v.pipe(v.string("must be a string"), v.maxLength(20_000, "must have at most 20,000 characters")),
  tags: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.maxLength(50)),
  pinned: v.boolean("must be true or false"),
});
const file = v.record(v.string(), marks);

export class MarksFile {
  readonly #workspace: string;
  readonly #path: string;
  readonly #marks: Map<string, Marks>;
  /** There is a file that cannot be read. It is never written over. */
  readonly #isInvalid: boolean;
  #writing: Promise<void> = Promise.resolve();

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#path = join(workspace, OWN_FOLDER, "marks.json");
    const read = checked(file, parsed(plainText(this.#path, BYTES)));
    this.#marks = new Map("value" in read ? Object.entries(read.value) : []);
    this.#isInvalid = "fault" in read && lstatSync(this.#path, { throwIfNoEntry: false }) !== undefined;
  }

  of(key: string): Marks {
    return this.#marks.get(key) ?? UNMARKED;
  }

  /** Resolves when they are on the disk. @throws NotPossible, or as `node:fs` does; then nothing has changed */
  async set(key: string, marked: Marks): Promise<void> {
    if (this.#isInvalid)
      throw new NotPossible(
        409,
        "The file .palimpsest/marks.json is not valid, and Palimpsest does not write over it. Fix or remove it, then start Palimpsest again.",
      );
    const before = this.#marks.get(key);
    const isEmpty = marked.note === "" && marked.tags.length === 0 && !marked.pinned;
    if (isEmpty) this.#marks.delete(key);
    else this.#marks.set(key, marked);
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    try {
      await written;
    } catch (error) {
      if (before) this.#marks.set(key, before);
      else this.#marks.delete(key);
      throw error;
    }
  }

  async #write(): Promise<void> {
    if ((await placeInside(this.#workspace, this.#path)) !== this.#path)
      throw new NotPossible(
        403,
        "The folder .palimpsest leads through a link to another folder. Remove the link to save notes.",
      );
    const sorted = [...this.#marks].sort(([a], [b]) => (a < b ? -1 : 1));
    await writeSafely(this.#path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
