/**
 * The bytes of a text file as UTF-8 with line feeds, whatever program wrote it: Excel and PowerShell write UTF-16, old programs end
 * lines with a carriage return. A file that is not text is refused with its name. The bytes stay bytes: a string ends at 512 MB.
 */
import { host } from "../host.ts";

/** @throws if the file is compressed, a table of another program, or in UTF-32 */
export async function textBytes(path: string): Promise<Uint8Array> {
  return asText(path, await host().readFile(path));
}

export function asText(path: string, bytes: Uint8Array): Uint8Array {
  const other = signatures.find(({ start }) => start.every((byte, i) => bytes[i] === byte));
  if (other) throw new Error(`${path} is ${other.name}, and not a text file. ${other.advice}`);
  const encoding = utf16(bytes);
  const text = encoding ? fromUtf16(path, bytes, encoding) : bytes;
  const withoutMark = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? text.subarray(3) : text;
  return withoutMark.includes(feed) ? withoutMark : withLineFeeds(withoutMark);
}

const [feed, carriageReturn] = [0x0a, 0x0d];
const unpack = "Decompress it first.";
const utf32 = "Save it as UTF-8.";
const signatures = [
  { start: [0x1f, 0x8b], name: "compressed with gzip", advice: unpack },
  { start: [0x28, 0xb5, 0x2f, 0xfd], name: "compressed with zstd", advice: unpack },
  { start: [0x42, 0x5a, 0x68], name: "compressed with bzip2", advice: unpack },
  { start: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: "compressed with xz", advice: unpack },
  {
    start: [0x50, 0x4b, 0x03, 0x04],
    name: "a ZIP archive or an Excel workbook",
    advice: "Unpack it, or save it as CSV.",
  },
  { start: [0x50, 0x41, 0x52, 0x31], name: "a Parquet file", advice: 'Give the option format: "parquet".' },
  { start: [0xff, 0xfe, 0x00, 0x00], name: "in UTF-32", advice: utf32 },
  { start: [0x00, 0x00, 0xfe, 0xff], name: "in UTF-32", advice: utf32 },
];

/** By the byte order mark, or else by the zeros that every second byte of Latin text is. */
function utf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2]! += 1;
  const [even, odd] = zeros.map((count) => count / Math.max(1, sample.length / 2)) as [number, number];
  if (odd > 0.3 && even < 0.05) return "utf-16le";
  return even > 0.3 && odd < 0.05 ? "utf-16be" : undefined;
}

function fromUtf16(path: string, bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): Uint8Array {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  try {
    for (let from = 0; from < bytes.length; from += chunk) {
      const isLast = from + chunk >= bytes.length;
      parts.push(encoder.encode(decoder.decode(bytes.subarray(from, from + chunk), { stream: !isLast })));
    }
  } catch {
    throw new Error(`${path} seems to be in ${encoding.toUpperCase()}, but is not valid. Save it as UTF-8.`);
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const chunk = 2 ** 24;

/** For a file without line feeds, in which carriage returns end the lines. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(carriageReturn)) return bytes;
  return bytes.map((byte) => (byte === carriageReturn ? feed : byte));
}
