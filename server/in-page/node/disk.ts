/**
 * The files of a notebook that runs in a page: folders in memory that end with the tab. They start with what the page brings along.
 * Errors have the codes that Node's have, because callers ask for them.
 */

/** Bytes of all files, at most: a page must not take the memory of its tab. */
export const MOST_BYTES = 512 * 2 ** 20;

export type File = { bytes: Uint8Array; size: number; readonly ino: number; mode: number; changed: bigint };
export type Folder = { readonly entries: Map<string, Entry>; readonly ino: number; mode: number; changed: bigint };
export type Link = { readonly target: string; readonly ino: number };
export type Entry = File | Folder | Link;

let inodes = 0;
let clock = 0n;
let total = 0;
let written: ((path: string, bytes: Uint8Array) => void) | undefined;

const root: Folder = { entries: new Map(), ino: ++inodes, mode: 0o755, changed: 0n };

/** Calls the listener with each file that has got its place and its content by a rename: so files are written safely. */
export function onWritten(listener: (path: string, bytes: Uint8Array) => void): void {
  written = listener;
}

/** A file or a link with its place, for another worker. */
export type StoredFile =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly target: string };

/** Everything that is stored, without empty folders. The bytes are not copied. */
export function allFiles(): StoredFile[] {
  const below = (folder: Folder, place: string): StoredFile[] =>
    [...folder.entries].flatMap(([name, entry]): StoredFile[] => {
      const path = `${place}/${name}`;
      if (isFolder(entry)) return below(entry, path);
      return [isLink(entry) ? { path, target: entry.target } : { path, bytes: contentOf(entry) }];
    });
  return below(root, "");
}

export function store(files: readonly StoredFile[]): void {
  for (const file of files) {
    makeFolder(file.path.replace(/\/[^/]*$/, ""), "with those above");
    if ("target" in file) makeLink(file.target, file.path);
    else writeAt(makeFile(file.path, "or existing"), 0, file.bytes);
  }
}

/** The bytes that all files take. */
export function bytesInUse(): number {
  return total;
}

export function isFolder(entry: Entry): entry is Folder {
  return "entries" in entry;
}

export function isLink(entry: Entry): entry is Link {
  return "target" in entry;
}

export class DiskError extends Error {
  readonly code: string;
  readonly path: string;

  constructor(code: string, what: string, path: string) {
    super(`${code}: ${what}, '${path}'`);
    this.code = code;
    this.path = path;
  }
}

const missing = (path: string): DiskError => new DiskError("ENOENT", "no such file or directory", path);

/** The parts of an absolute path, without `.` and `..`. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

type Place = {
  readonly folder: Folder;
  readonly name: string;
  readonly entry: Entry | undefined;
  readonly path: string;
};

/** Follows links in folders, and in the last part if asked to. @throws if a folder on the way is missing or is a file */
function placeOf(path: string, last: "follow" | "keep", depth = 0): Place {
  if (depth > 40) throw new DiskError("ELOOP", "too many symbolic links", path);
  const parts = partsOf(path);
  let folder = root;
  let here = "";
  for (const [at, name] of parts.entries()) {
    const entry = folder.entries.get(name);
    const isLast = at === parts.length - 1;
    if (entry && isLink(entry) && (!isLast || last === "follow")) {
      const target = entry.target.startsWith("/") ? entry.target : `${here}/${entry.target}`;
      return placeOf([target, ...parts.slice(at + 1)].join("/"), last, depth + 1);
    }
    if (isLast) return { folder, name, entry, path: `${here}/${name}` };
    if (!entry) throw missing(path);
    if (!isFolder(entry)) throw new DiskError("ENOTDIR", "not a directory", path);
    folder = entry;
    here += `/${name}`;
  }
  return { folder: root, name: "", entry: root, path: "/" };
}

/** @throws DiskError if there is none */
export function entryAt(path: string, last: "follow" | "keep" = "follow"): Entry {
  const { entry } = placeOf(path, last);
  if (!entry) throw missing(path);
  return entry;
}

export function realPathOf(path: string): string {
  const place = placeOf(path, "follow");
  if (!place.entry) throw missing(path);
  return place.path;
}

export function fileAt(path: string): File {
  const entry = entryAt(path);
  if (isFolder(entry)) throw new DiskError("EISDIR", "illegal operation on a directory", path);
  return entry as File;
}

export function folderAt(path: string): Folder {
  const entry = entryAt(path);
  if (!isFolder(entry)) throw new DiskError("ENOTDIR", "not a directory", path);
  return entry;
}

/** @param how `new`: it must not exist */
export function makeFile(path: string, how: "new" | "or existing", mode = 0o666): File {
  const { folder, name, entry } = placeOf(path, how === "new" ? "keep" : "follow");
  if (entry && how === "new") throw new DiskError("EEXIST", "file already exists", path);
  if (entry) return fileAt(path);
  const file: File = { bytes: new Uint8Array(0), size: 0, ino: ++inodes, mode, changed: tick() };
  put(folder, name, file);
  return file;
}

export function makeFolder(path: string, how: "with those above" | "alone", mode = 0o777): void {
  const parts = partsOf(path);
  if (how === "alone") {
    const { folder, name, entry } = placeOf(path, "keep");
    if (entry) throw new DiskError("EEXIST", "file already exists", path);
    put(folder, name, emptyFolder(mode));
    return;
  }
  for (let count = 1; count <= parts.length; count++) {
    const { folder, name, entry } = placeOf(`/${parts.slice(0, count).join("/")}`, "follow");
    if (!entry) put(folder, name, emptyFolder(mode));
    else if (!isFolder(entry)) throw new DiskError("EEXIST", "file already exists", path);
  }
}

export function makeLink(target: string, path: string): void {
  const { folder, name, entry } = placeOf(path, "keep");
  if (entry) throw new DiskError("EEXIST", "file already exists", path);
  put(folder, name, { target, ino: ++inodes });
}

export function addHardLink(from: string, to: string): void {
  const file = fileAt(from);
  const { folder, name, entry } = placeOf(to, "keep");
  if (entry) throw new DiskError("EEXIST", "file already exists", to);
  put(folder, name, file);
}

export function move(from: string, to: string): void {
  const source = placeOf(from, "keep");
  if (!source.entry) throw missing(from);
  const target = placeOf(to, "keep");
  if (target.entry && target.entry !== source.entry) dropped(target.entry);
  source.folder.entries.delete(source.name);
  put(target.folder, target.name, source.entry);
  if ("bytes" in source.entry) written?.(target.path, contentOf(source.entry));
}

/** @param how a folder that is not empty needs `all below` */
export function remove(path: string, how: "all below" | "alone"): void {
  const { folder, name, entry } = placeOf(path, "keep");
  if (!entry) throw missing(path);
  if (isFolder(entry) && how === "alone") throw new DiskError("ERR_FS_EISDIR", "is a directory", path);
  folder.entries.delete(name);
  folder.changed = tick();
  dropped(entry);
}

/** @throws DiskError if there is no room */
export function writeAt(file: File, at: number, data: Uint8Array): void {
  const end = at + data.byteLength;
  if (end > file.bytes.byteLength) {
    // A table grows line by line: room for as much again.
    const room = at === 0 ? end : Math.max(end, 2 * file.bytes.byteLength);
    reserve(room - file.bytes.byteLength);
    const grown = new Uint8Array(room);
    grown.set(file.bytes.subarray(0, file.size));
    file.bytes = grown;
  }
  file.bytes.set(data, at);
  file.size = Math.max(file.size, end);
  file.changed = tick();
}

export function truncate(file: File): void {
  total -= file.bytes.byteLength;
  file.bytes = new Uint8Array(0);
  file.size = 0;
  file.changed = tick();
}

/** The bytes themselves, not a copy. */
export function contentOf(file: File): Uint8Array {
  return file.bytes.subarray(0, file.size);
}

function emptyFolder(mode: number): Folder {
  return { entries: new Map(), ino: ++inodes, mode, changed: tick() };
}

function put(folder: Folder, name: string, entry: Entry): void {
  folder.entries.set(name, entry);
  folder.changed = tick();
}

function dropped(entry: Entry): void {
  if (isFolder(entry)) for (const each of entry.entries.values()) dropped(each);
  else if ("bytes" in entry) total -= entry.bytes.byteLength;
}

function reserve(bytes: number): void {
  if (total + bytes > MOST_BYTES)
    throw new DiskError(
      "ENOSPC",
      `this page keeps at most ${MOST_BYTES / 2 ** 20} MiB of files in memory; save fewer checkpoints`,
      "/",
    );
  total += bytes;
}

/** Every change has a later time than the one before. */
function tick(): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  clock = now > clock ? now : clock + 1n;
  return clock;
}
