/** `node:fs/promises` in a page: the same as `fs.ts`, answered later. */
import type { Buffer } from "./buffer.ts";
import { contentOf, DiskError, realPathOf, writeAt } from "./disk.ts";
import * as fs from "./fs.ts";

/** An open file. */
class FileHandle {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  async stat(): Promise<{ isFile(): boolean; isDirectory(): boolean; readonly size: number }> {
    const { file } = fs.handleOf(this.fd);
    return { isFile: () => file !== undefined, isDirectory: () => file === undefined, size: file?.size ?? 0 };
  }

  async read(into: Uint8Array, at: number, length: number, from: number): Promise<{ readonly bytesRead: number }> {
    const { file } = fs.handleOf(this.fd);
    if (!file) throw new DiskError("EISDIR", "illegal operation on a directory", String(this.fd));
    const part = contentOf(file).subarray(from, from + length);
    into.set(part, at);
    return { bytesRead: part.byteLength };
  }

  async readFile(): Promise<Buffer> {
    return Uint8Array.prototype.slice.call(contentOf(fs.handleOf(this.fd).file!)) as Buffer;
  }

  async *createReadStream(_options?: object): AsyncGenerator<Buffer> {
    const { file } = fs.handleOf(this.fd);
    if (file && file.size > 0) yield globalThis.Buffer.from(contentOf(file)) as unknown as Buffer;
  }

  async writeFile(data: string | Uint8Array | Iterable<string>): Promise<void> {
    fs.writeSync(this.fd, fs.bytesOf(data));
  }

  async write(data: string | Uint8Array): Promise<void> {
    fs.writeSync(this.fd, data);
  }

  async chmod(mode: number): Promise<void> {
    const { file } = fs.handleOf(this.fd);
    if (file) file.mode = mode;
  }

  async sync(): Promise<void> {}

  async datasync(): Promise<void> {}

  async close(): Promise<void> {
    fs.closeSync(this.fd);
  }
}

export type { FileHandle };

export const constants = fs.constants;

export async function open(path: string, flags?: string | number, mode?: number): Promise<FileHandle> {
  return new FileHandle(fs.openHandle(path, flags, mode));
}

/** Each function of `fs` whose name ends in Sync, as one that answers later. */
const later =
  <Given extends unknown[], Answer>(work: (...given: Given) => Answer) =>
  async (...given: Given): Promise<Answer> =>
    work(...given);

export const stat = later(fs.statSync);
export const lstat = later(fs.lstatSync);
export const readFile = later(fs.readFileSync);
export const writeFile = later(fs.writeFileSync);
export const appendFile = later(fs.appendFileSync);
export const mkdir = later(fs.mkdirSync);
export const rename = later(fs.renameSync);
export const rm = later(fs.rmSync);
export const unlink = later(fs.unlinkSync);
export const chmod = later(fs.chmodSync);
export const link = later(fs.linkSync);
export const symlink = later(fs.symlinkSync);
export const copyFile = later(fs.copyFileSync);
export const realpath = later(realPathOf);
export const readlink = later(fs.readlinkSync);
export const readdir = later(fs.readdirSync);

export async function mkdtemp(prefix: string): Promise<string> {
  const path = prefix + crypto.randomUUID().slice(0, 6);
  fs.mkdirSync(path, { recursive: true });
  return path;
}

export type { Buffer };
export { writeAt };
