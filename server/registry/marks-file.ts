/** The notes, tags and pins of runs: one small file of the workspace, `.palimpsest/marks.json`, by the paths of the runs. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { type Marks, UNMARKED } from "../runs/types.ts";
import { placeInside } from "../session/inside.ts";
import { checked } from "../session/schema/fault.ts";
import { writeSafely } from "../session/write-file.ts";
import { NotPossible } from "./not-possible.ts";
import { OWN_FOLDER } from "./places.ts";
import { fileSignature, plainText } from "./plain-file.ts";
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
  #marks: ReadonlyMap<string, Marks> = new Map();
  #signature = "";
  /** There is a file that cannot be read. It is never written over. */
  #isInvalid = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#path = join(workspace, OWN_FOLDER, "marks.json");
    this.look();
  }

  /** The marks of a run; the same object as long as they are the same. */
  of(key: string): Marks {
    return this.#marks.get(key) ?? UNMARKED;
  }

  /** Reads the file again if another process, or its user, has changed it. */
  look(): void {
    const signature = fileSignature(this.#path);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const read = checked(file, parsed(plainText(this.#path, BYTES)));
    this.#isInvalid = "fault" in read && lstatSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    // While a file is invalid, the marks stay as they were.
    if (this.#isInvalid) return;
    const before = this.#marks;
    const found = Object.entries("value" in read ? read.value : {});
    this.#marks = new Map(
      found.map(([key, each]) => {
        const known = before.get(key);
        return [key, known && isDeepStrictEqual(known, each) ? known : each];
      }),
    );
  }

  /** Resolves when they are on the disk. @throws NotPossible, or as `node:fs` does; then nothing has changed */
  async set(key: string, marked: Marks): Promise<void> {
    const written = this.#writing.then(() => this.#set(key, marked));
    this.#writing = written.catch(() => undefined);
    await written;
  }

  /** What others have written meanwhile stays. */
  async #set(key: string, marked: Marks): Promise<void> {
    this.look();
    if (this.#isInvalid)
      throw new NotPossible(
        409,
        "The file .palimpsest/marks.json is not valid, and Palimpsest does not write over it. Fix or remove it, then try again.",
      );
    const next = new Map(this.#marks);
    const isEmpty = marked.note === "" && marked.tags.length === 0 && !marked.pinned;
    if (isEmpty) next.delete(key);
    else next.set(key, marked);
    await this.#write(next);
    this.#marks = next;
    this.#signature = fileSignature(this.#path);
  }

  async #write(marks: ReadonlyMap<string, Marks>): Promise<void> {
    if ((await placeInside(this.#workspace, this.#path)) !== this.#path)
      throw new NotPossible(
        403,
        "The folder .palimpsest leads through a link to another folder. Remove the link to save notes.",
      );
    const sorted = [...marks].sort(([a], [b]) => (a < b ? -1 : 1));
    await writeSafely(this.#path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
