/**
 * Large outputs of a notebook, each in a file named after its content: `.palimpsest/blobs/<notebook>/<SHA-256>`. The log and the
 * page's state hold only the name, so an output costs memory and time only while somebody looks at it.
 *
 * A page may ask for an output before it is written: until then it is in memory. Files that no cell shows any more are
 * removed now and then.
 */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { runsIn } from "../state/at-rest.ts";
import type { SessionState } from "../state/state.ts";
import type { BlobOutput, Output } from "../values.ts";
import { readRegularFile } from "./read-file.ts";
import { checked } from "./schema/fault.ts";
import { output as outputSchema } from "./schema/values.ts";
import { writeSafely } from "./write-file.ts";

/** Outputs with more characters of JSON text become blobs. */
const INLINE = 64_000;
/** After so many characters of new blobs, those that nothing shows are removed. */
const SWEEP_AFTER = 64_000_000;
const HASH = /^[0-9a-f]{64}$/;
/** More than any output that the kernel may send. */
const LARGEST = 64_000_000;

export function blobFolder(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "blobs", notebook.replace(/\.ts$/, ""));
}

export class Blobs {
  readonly #folder: string;
  readonly #state: () => SessionState;
  readonly #failed: (error: Error) => void;
  readonly #unwritten = new Map<string, Buffer>();
  #sinceSweep = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param failed a blob could not be written; it stays in memory */
  constructor(folder: string, state: () => SessionState, failed: (error: Error) => void) {
    this.#folder = folder;
    this.#state = state;
    this.#failed = failed;
  }

  /** The event with its large outputs replaced by their names. */
  shortened(event: SessionEvent): SessionEvent {
    if (event.type === "cell-output") return { ...event, output: this.#shortened(event.output) };
    if (event.type !== "cache-found") return event;
    const outputs = event.shown.outputs.map((output) => this.#shortened(output));
    return { ...event, shown: { ...event.shown, outputs } };
  }

  /** The JSON text of an output. @returns undefined if it does not exist any more, or is not what its name says */
  async read(hash: string): Promise<string | undefined> {
    if (!HASH.test(hash)) return undefined;
    const waiting = this.#unwritten.get(hash);
    if (waiting !== undefined) return waiting.toString("utf8");
    const text = await readRegularFile(join(this.#folder, hash), { most: LARGEST }).then(String, () => undefined);
    return text !== undefined && digest(text) === hash && isOutput(text) ? text : undefined;
  }

  /** Removes the blobs that no cell shows. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const shown = this.#shown();
    // What could not be written, and is shown no more, need not be kept either.
    for (const hash of this.#unwritten.keys()) if (!shown.has(hash)) this.#unwritten.delete(hash);
    const unused = names.filter((name) => HASH.test(name) && !shown.has(name) && !this.#unwritten.has(name));
    await Promise.all(unused.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  /** Resolves when all blobs that something shows are on the disk, or could not be written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #shortened(output: Output): Output {
    if (output.kind === "blob" || output.kind === "run") return output;
    const text = JSON.stringify(output);
    if (text.length <= INLINE) return output;
    const bytes = Buffer.from(text);
    const hash = digest(bytes);
    this.#unwritten.set(hash, bytes);
    this.#sinceSweep += bytes.length;
    this.#writing = this.#writing.then(() => this.#write(hash, bytes)).catch(this.#failed);
    return { kind: "blob", hash, bytes: bytes.length, shows: output.kind, runs: runsIn(output) } satisfies BlobOutput;
  }

  /** A blob that was superseded while it waited is not written at all. */
  async #write(hash: string, bytes: Buffer): Promise<void> {
    if (this.#shown().has(hash)) await writeSafely(join(this.#folder, hash), bytes);
    this.#unwritten.delete(hash);
    if (this.#sinceSweep < SWEEP_AFTER) return;
    this.#sinceSweep = 0;
    await this.sweep();
  }

  #shown(): ReadonlySet<string> {
    const { cells, removed } = this.#state();
    const outputs = [...cells, ...removed].flatMap((cell) => cell.outputs);
    return new Set(outputs.flatMap((output) => (output.kind === "blob" ? [output.hash] : [])));
  }
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function isOutput(text: string): boolean {
  try {
    return "value" in checked(outputSchema, JSON.parse(text));
  } catch {
    return false;
  }
}
