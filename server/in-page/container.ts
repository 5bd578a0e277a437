/**
 * What a page carries, as one text in its HTML: named files, each compressed, with the digest of each. The text has 85
 * printable characters, none of which means anything in HTML; five of them stand for four bytes.
 *
 *     bytes = length of the list (4 bytes, big end first), the list as JSON, the compressed files one after the other
 */
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?@()[]{}%$#,;_|";

export type Listed = {
  readonly name: string;
  /** Compressed. */
  readonly bytes: number;
  /** Of the file itself. */
  readonly sha256: string;
  /** It was rearranged before it was compressed: every nth byte, from the first, then from the second, and so on. */
  readonly planes?: number;
};

/** Numbers of so many bytes compress better when their first bytes stand together, then their second ones, and so on. */
export function inPlanes(bytes: Uint8Array, count: number): Uint8Array {
  const planes = new Uint8Array(bytes.byteLength);
  let to = 0;
  for (let plane = 0; plane < count; plane++)
    for (let from = plane; from < bytes.byteLength; from += count) planes[to++] = bytes[from]!;
  return planes;
}

function fromPlanes(planes: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(planes.byteLength);
  let from = 0;
  for (let plane = 0; plane < count; plane++)
    for (let to = plane; to < bytes.byteLength; to += count) bytes[to] = planes[from++]!;
  return bytes;
}

/** A part of the page was changed; the message names it. */
export class DamagedPage extends Error {}

/** The number of bytes is in front, since the text has room for a multiple of four. */
export function asText(bytes: Uint8Array): string {
  const padded = new Uint8Array(4 + 4 * Math.ceil(bytes.byteLength / 4));
  const view = new DataView(padded.buffer);
  view.setUint32(0, bytes.byteLength);
  padded.set(bytes, 4);
  const codes = new Uint8Array((padded.byteLength / 4) * 5);
  for (let from = 0, to = 0; from < padded.byteLength; from += 4, to += 5) {
    let word = view.getUint32(from);
    for (let place = 4; place >= 0; place--) {
      codes[to + place] = ALPHABET.charCodeAt(word % 85);
      word = Math.floor(word / 85);
    }
  }
  return new TextDecoder("latin1").decode(codes);
}

/** @throws DamagedPage */
export function fromText(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < ALPHABET.length; value++) values[ALPHABET.charCodeAt(value)] = value;
  const written = text.trim();
  if (written.length % 5 !== 0 || written.length < 5) throw damaged();
  const bytes = new Uint8Array((written.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let from = 0, to = 0; from < written.length; from += 5, to += 4) {
    let word = 0;
    for (let place = 0; place < 5; place++) {
      const value = values[written.charCodeAt(from + place)] ?? 255;
      if (value === 255) throw damaged();
      word = word * 85 + value;
    }
    if (word > 0xffffffff) throw damaged();
    view.setUint32(to, word);
  }
  const length = view.getUint32(0);
  if (length > bytes.byteLength - 4) throw damaged();
  return bytes.slice(4, 4 + length);
}

/** @returns the files that are wanted, whole. @throws DamagedPage naming the file that was changed */
export async function unpacked(
  container: Uint8Array<ArrayBuffer>,
  wanted: (name: string) => boolean,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const length = new DataView(container.buffer, container.byteOffset).getUint32(0);
  const list = listIn(container.subarray(4, 4 + length));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = 4 + length;
  for (const { name, bytes, sha256, planes } of list) {
    const packed = container.subarray(at, at + bytes);
    at += bytes;
    if (!wanted(name)) continue;
    const found = await inflated(packed).catch(() => {
      throw new DamagedPage(`${name} in this page was changed: it cannot be unpacked.`);
    });
    const whole = planes === undefined ? found : fromPlanes(found, planes);
    if ((await digestOf(whole)) !== sha256)
      throw new DamagedPage(`${name} in this page was changed: its digest is not the one that the page was made with.`);
    files.set(name, whole);
  }
  return files;
}

function listIn(bytes: Uint8Array): readonly Listed[] {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as readonly Listed[];
  } catch {
    throw damaged();
  }
}

async function inflated(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function damaged(): DamagedPage {
  return new DamagedPage("What this page carries was changed, or cut off.");
}
