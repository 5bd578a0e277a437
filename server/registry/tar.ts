/** Writes a tar archive (POSIX ustar), for an export of several files. */
export type TarEntry = { readonly path: string; readonly data: Uint8Array; readonly modified: number };

const BLOCK = 512;

/** A file of an archive. @throws if its path is longer than ustar allows */
export function* tarEntry({ path, data, modified }: TarEntry): Generator<Uint8Array> {
  yield header(path, data.length, modified);
  yield data;
  yield new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK);
}

/** What ends an archive. */
export const tarEnd = new Uint8Array(2 * BLOCK);

function header(path: string, size: number, modified: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const cut = Buffer.byteLength(path) <= 100 ? 0 : path.lastIndexOf("/", 154) + 1;
  const [prefix, name] = [path.slice(0, Math.max(0, cut - 1)), path.slice(cut)];
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155)
    throw new Error(`${path} is too long a name for an archive.`);
  const octal = (value: number, digits: number): string => `${Math.floor(value).toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(modified / 1000, 11), 136);
  block.fill(" ", 148, 156);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
