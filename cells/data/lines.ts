/**
 * The lines of a text file. UTF-8 is decoded line by line, so an invalid byte makes only one line invalid. A byte order mark and the
 * carriage returns of Windows files are removed. Only a line feed ends a line; Unicode's other line separators occur inside
 * sentences of real corpora.
 */

/** `line` counts from 1. */
export type TextLine = { readonly line: number; readonly text: string; readonly isUtf8: boolean };

export const notUtf8 = "not UTF-8";

export function linesOf(bytes: Uint8Array): TextLine[] {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const lax = new TextDecoder("utf-8", { ignoreBOM: true });
  const lines: TextLine[] = [];
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let from = start; from < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, from);
    const end = feed < 0 ? bytes.length : feed;
    const part = bytes.subarray(from, end > from && bytes[end - 1] === 0x0d ? end - 1 : end);
    const line = lines.length + 1;
    try {
      lines.push({ line, text: strict.decode(part), isUtf8: true });
    } catch {
      lines.push({ line, text: lax.decode(part), isUtf8: false });
    }
    from = end + 1;
  }
  return lines;
}
