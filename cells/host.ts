/**
 * The port between cells and the program that runs them: the kernel process in the workbench, a simple host in a script or a test.
 * `cells/` uses files, inputs, outputs and runs only through it, so that a notebook can also run in a browser worker.
 *
 * The host finds the calling cell itself (by async context), so no function takes a cell.
 */
import type { InputSpec, InputValue, Live } from "./inputs.ts";
import type { Output } from "./output.ts";
import type { RunMeta, RunOrder, RunSink } from "./runs.ts";
import type { Result } from "./types.ts";

export interface Host {
  /** Appends to the outputs of the current cell. */
  show(output: Output): void;
  /** Declares an input and returns its current value: the one from `--set`, the stored one, or the default. */
  input(spec: InputSpec): InputValue;
  live(spec: InputSpec): Live<InputValue>;
  /** @param obey called with each instruction from the user to the run, in the context of its cell */
  startRun(meta: RunMeta, obey: (order: RunOrder) => void): RunSink;
  report(results: readonly Result[]): void;
  /** The generator's values become the values of the constant that the call initialises. @returns a promise of the first value */
  stream(values: () => AsyncGenerator | Generator): unknown;
  progress(label: string, done: number, total: number): void;
  /** Aborts when the current generation of the current cell ends. */
  readonly signal: AbortSignal;
  onDispose(dispose: () => void): void;
  /** Hands a value and its tensors over to the next generation of the current cell. A second call replaces the first. */
  keep(value: unknown): void;
  /** The value that the last generation of the current cell kept; undefined if there is none. */
  previous(): unknown;
  /** The seed of all randomness in the notebook. */
  readonly seed: number;
  /** Reads a file; the path is absolute, or relative to the notebook. Rejects with the path and what to do. */
  readFile(path: string): Promise<Uint8Array>;
  /** Reads `length` bytes from `offset`, to the start of `into` if the host can. For weights, which should not be in memory twice. */
  readRange(path: string, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  listFiles(folder: string): Promise<readonly string[]>;
  /** Writes a file inside the workspace atomically. */
  writeFile(path: string, data: Uint8Array | string): Promise<void>;
  /** The text that `storeResult` wrote under this name; undefined if there is none, or if this machine did not write it. */
  storedResult(name: string): Promise<string | undefined>;
  /** Stores a text in `.palimpsest/cache/<name>.json`, signed, so that a workspace from elsewhere cannot bring results along. */
  storeResult(name: string, text: string): Promise<void>;
  /** Identifies the code that computes: a result of other code may differ. */
  readonly version: string;
  /** The folder of a run, for `readFile`. */
  runFolder(id: string): string;
  /** The folder of a model: one that ships with Palimpsest, by its name, or else a folder of the user. */
  modelFolder(name: string): Promise<string>;
  /** Lets other work run: messages, inputs, the stop button. Rejects with the abort reason if the cell has ended. */
  breathe(): Promise<void>;
}

let current: Host | undefined;

export function setHost(host: Host): void {
  current = host;
}

/** @throws if there is no host. */
export function host(): Host {
  if (!current)
    throw new Error(
      "These cells have no host. Run them in a notebook (`palimpsest run …`), or call setHost() before using them.",
    );
  return current;
}
