/** `node:fs` in a page, for the functions that our code uses: on the files in memory. */
import { Buffer } from "./buffer.ts";
import {
  addHardLink,
  contentOf,
  DiskError,
  type Entry,
  entryAt,
  type File,
  fileAt,
  folderAt,
  isFolder,
  isLink,
  makeFile,
  makeFolder,
  makeLink,
  move,
  realPathOf,
  remove,
  truncate,
  writeAt,
} from "./disk.ts";
import { join } from "./path.ts";

type Data = string | Uint8Array;
type Options = { readonly recursive?: boolean; readonly force?: boolean; readonly mode?: number };
type StatOptions = { readonly throwIfNoEntry?: boolean; readonly bigint?: boolean };
type Write = { readonly flag?: string; readonly mode?: number } | string;
type ListOptions = { readonly withFileTypes?: boolean; readonly recursive?: boolean };

export const constants = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_NOFOLLOW: 0o400000,
  COPYFILE_EXCL: 1,
} as const;

export class Stats {
  readonly size: number | bigint;
  readonly mode: number;
  readonly uid = 0;
  readonly dev: number | bigint;
  readonly ino: number | bigint;
  readonly nlink = 1;
  readonly mtimeMs: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly #entry: Entry;

  constructor(entry: Entry, numbers: "numbers" | "bigints") {
    const changed = isLink(entry) ? 0n : entry.changed;
    const size = "bytes" in entry ? entry.size : 0;
    this.#entry = entry;
    this.size = numbers === "bigints" ? BigInt(size) : size;
    this.dev = numbers === "bigints" ? 1n : 1;
    this.ino = numbers === "bigints" ? BigInt(entry.ino) : entry.ino;
    this.mode = isLink(entry) ? 0o777 : entry.mode;
    this.mtimeMs = Number(changed / 1_000_000n);
    this.mtimeNs = changed;
    this.ctimeNs = changed;
  }

  get mtime(): Date {
    return new Date(this.mtimeMs);
  }

  isFile(): boolean {
    return "bytes" in this.#entry;
  }

  isDirectory(): boolean {
    return isFolder(this.#entry);
  }

  isSymbolicLink(): boolean {
    return isLink(this.#entry);
  }
}

export function bytesOf(data: Data | Iterable<string>): Uint8Array {
  if (data instanceof Uint8Array) return data;
  return new TextEncoder().encode(typeof data === "string" ? data : [...data].join(""));
}

export function statSync(path: string, options: StatOptions = {}): Stats | undefined {
  return statOf(path, "follow", options);
}

export function lstatSync(path: string, options: StatOptions = {}): Stats | undefined {
  return statOf(path, "keep", options);
}

function statOf(path: string, last: "follow" | "keep", options: StatOptions): Stats | undefined {
  try {
    return new Stats(entryAt(path, last), options.bigint ? "bigints" : "numbers");
  } catch (error) {
    if (options.throwIfNoEntry === false && error instanceof DiskError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function existsSync(path: string): boolean {
  try {
    return entryAt(path) !== undefined;
  } catch {
    return false;
  }
}

export function readFileSync(path: string, encoding?: "utf8"): Buffer | string {
  const bytes = Buffer.from(contentOf(fileAt(path)));
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

export function writeFileSync(path: string | number, data: Data, options: Write = {}): void {
  if (typeof path === "number") return void writeSync(path, data);
  const { flag = "w", mode } = typeof options === "string" ? {} : options;
  const file = opened(path, flag, mode);
  writeAt(file, flag.startsWith("a") ? file.size : 0, bytesOf(data));
}

export function appendFileSync(path: string, data: Data, { mode }: { readonly mode?: number } = {}): void {
  const file = makeFile(path, "or existing", mode);
  writeAt(file, file.size, bytesOf(data));
}

/** An open file: what is written goes to its end, or where the handle stands. */
export type Handle = { readonly file: File | undefined; readonly appends: boolean; at: number };

const handles = new Map<number, Handle>();
let lastHandle = 2;

export function openHandle(path: string, flags: string | number = "r", mode?: number): number {
  const entry = existsSync(path) ? entryAt(path) : undefined;
  // Folders are opened to be flushed.
  const file = entry && isFolder(entry) ? undefined : opened(path, flags, mode);
  const appends = typeof flags === "string" ? flags.startsWith("a") : (flags & constants.O_APPEND) !== 0;
  handles.set(++lastHandle, { file, appends, at: 0 });
  return lastHandle;
}

function opened(path: string, flags: string | number, mode?: number): File {
  const number = typeof flags === "number" ? flags : FLAGS[flags];
  if (number === undefined) throw new Error(`Files cannot be opened with the flags ${flags} in this page.`);
  if ((number & constants.O_CREAT) === 0) return fileAt(path);
  const file = makeFile(path, (number & constants.O_EXCL) === 0 ? "or existing" : "new", mode);
  if ((number & constants.O_TRUNC) !== 0) truncate(file);
  return file;
}

const { O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = constants;
const FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  "r+": O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
};

export const openSync = openHandle;

export function handleOf(number: number): Handle {
  const handle = handles.get(number);
  if (!handle) throw new DiskError("EBADF", "bad file descriptor", String(number));
  return handle;
}

export function writeSync(number: number, data: Data): number {
  const handle = handleOf(number);
  if (!handle.file) throw new DiskError("EISDIR", "illegal operation on a directory", String(number));
  const bytes = bytesOf(data);
  writeAt(handle.file, handle.appends ? handle.file.size : handle.at, bytes);
  handle.at += bytes.byteLength;
  return bytes.byteLength;
}

export function closeSync(number: number): void {
  handles.delete(number);
}

/** Memory needs no flushing. */
export function fsyncSync(_number: number): void {}

export function fsync(_number: number, done: (error: null) => void): void {
  done(null);
}

export function mkdirSync(path: string, { recursive = false, mode }: Options = {}): void {
  makeFolder(path, recursive ? "with those above" : "alone", mode);
}

export function renameSync(from: string, to: string): void {
  move(from, to);
}

export function rmSync(path: string, { recursive = false, force = false }: Options = {}): void {
  try {
    remove(path, recursive ? "all below" : "alone");
  } catch (error) {
    if (!force || !(error instanceof DiskError) || error.code !== "ENOENT") throw error;
  }
}

export function unlinkSync(path: string): void {
  remove(path, "alone");
}

export function chmodSync(path: string, mode: number): void {
  const entry = entryAt(path);
  if (!isLink(entry)) entry.mode = mode;
}

export function linkSync(from: string, to: string): void {
  addHardLink(from, to);
}

export function symlinkSync(target: string, path: string): void {
  makeLink(target, path);
}

export function copyFileSync(from: string, to: string, flags = 0): void {
  const bytes = contentOf(fileAt(from));
  const file = makeFile(to, flags === constants.COPYFILE_EXCL ? "new" : "or existing");
  truncate(file);
  writeAt(file, 0, bytes);
}

export function realpathSync(path: string): string {
  return realPathOf(path);
}

export function readlinkSync(path: string): string {
  const entry = entryAt(path, "keep");
  if (!isLink(entry)) throw new DiskError("EINVAL", "invalid argument", path);
  return entry.target;
}

export class Dirent extends Stats {
  readonly name: string;
  readonly parentPath: string;

  constructor(name: string, parentPath: string, entry: Entry) {
    super(entry, "numbers");
    this.name = name;
    this.parentPath = parentPath;
  }
}

export function readdirSync(path: string, options: ListOptions = {}): (string | Dirent)[] {
  const list = (folder: string, below: string): (string | Dirent)[] =>
    [...folderAt(folder).entries].flatMap(([name, entry]) => {
      const own = options.withFileTypes ? new Dirent(name, folder, entry) : join(below, name);
      return options.recursive && isFolder(entry) ? [own, ...list(join(folder, name), join(below, name))] : [own];
    });
  return list(path, "");
}

/** The whole file at once: it is in memory anyway. */
export async function* createReadStream(path: string, _options?: object): AsyncGenerator<Buffer> {
  yield readFileSync(path) as Buffer;
}
