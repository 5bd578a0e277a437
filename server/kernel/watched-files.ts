/**
 * Notes what the code of a cell, or a package that it calls, reads through `node:fs`. All of it lies in the functions of that one
 * module, which both kinds of modules share. Files that native code opens by itself cannot be seen.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { readsNow } from "./reads-now.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OWN = ["cells", "server", "node_modules"].map((folder) => join(ROOT, folder) + sep);
/** Packages count with their version, and our own files in a workspace are no data of the user. */
const NO_DATA = [`${sep}node_modules${sep}`, `${sep}.palimpsest${sep}`];

type Reader = (path: unknown, ...rest: unknown[]) => unknown;

let watching = false;

/** From the first call on. */
export function watchFiles(): void {
  if (watching) return;
  watching = true;
  for (const name of ["readFile", "readFileSync", "createReadStream", "readdir", "readdirSync"]) watch(fs, name);
  for (const name of ["readFile", "readdir"]) watch(fs.promises, name);
  for (const name of ["open", "openSync"]) watch(fs, name, opensToRead);
  watch(fs.promises, "open", opensToRead);
  syncBuiltinESMExports();
}

function watch(owner: object, name: string, reads: (rest: readonly unknown[]) => boolean = () => true): void {
  const plain: Reader = Reflect.get(owner, name);
  const watched: Reader = function (this: unknown, path, ...rest) {
    if (reads(rest)) note(path);
    return plain.call(this, path, ...rest);
  };
  // Some of these functions have a variant for `util.promisify`.
  Object.defineProperties(watched, Object.getOwnPropertyDescriptors(plain));
  Reflect.set(owner, name, watched);
}

function note(given: unknown): void {
  const reads = readsNow();
  if (!reads) return;
  const path = pathOf(given);
  if (path === undefined || OWN.some((own) => path.startsWith(own)) || NO_DATA.some((part) => path.includes(part)))
    return;
  reads.file(path);
}

/** @returns undefined for a descriptor or a handle, whose file was noted when it was opened */
function pathOf(given: unknown): string | undefined {
  try {
    if (typeof given === "string") return resolve(given);
    if (given instanceof URL) return fileURLToPath(given);
    return Buffer.isBuffer(given) ? resolve(given.toString()) : undefined;
  } catch {
    return undefined;
  }
}

function opensToRead([flags]: readonly unknown[]): boolean {
  if (typeof flags === "number") return (flags & fs.constants.O_TRUNC) === 0 && (flags & 3) !== fs.constants.O_WRONLY;
  return typeof flags !== "string" || flags.startsWith("r");
}
