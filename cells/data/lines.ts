/**
 * The lines of a text file. They are decoded one by one, so an invalid byte makes only one line invalid, and a file may be larger than
 * the largest string. The carriage returns of Windows files are removed. Only a line feed ends a line; Unicode's other line separators
 * occur inside sentences of real corpora.
 */
import type { RawRow } from "./reading.ts";

/** `line` counts from 1. `fault` says why the text cannot be used. */
export type TextLine = { readonly line: number; readonly text: string; readonly fault?: string };

/** @param bytes as `textBytes` gives them */
export function* linesOf(bytes: Uint8Array): Generator<TextLine> {
  let line = 0;
  for (let from = 0; from < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, from);
    const end = feed < 0 ? bytes.length : feed;
    line += 1;
    yield { line, ...decoded(bytes.subarray(from, end > from && bytes[end - 1] === 0x0d ? end - 1 : end)) };
    from = end + 1;
  }
}

/** The lines that have more than white space: an empty line between records or at the end is not a row. */
export function* nonEmptyLines(bytes: Uint8Array): Generator<TextLine> {
  for (const line of linesOf(bytes)) if (line.text.trim() !== "") yield line;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lax = new TextDecoder("utf-8", { ignoreBOM: true });

/** In bytes. Longer texts may not fit into a string. */
const longest = 500e6;

/** The text of some bytes, and what is wrong with it. */
export function decoded(bytes: Uint8Array): { readonly text: string; readonly fault?: string } {
  if (bytes.length > longest)
    return { text: lax.decode(bytes.subarray(0, 200)), fault: "is longer than 500 MB: the file may lack line breaks" };
  try {
    const text = strict.decode(bytes);
    return text.includes("\0") ? { text, fault: "has a NUL character (U+0000)" } : { text };
  } catch {
    return { text: lax.decode(bytes), fault: "not UTF-8" };
  }
}

/** A line as a row of the value that `read` makes of its text. */
export const lineRow = ({ line, text, fault }: TextLine, read: (text: string) => unknown): RawRow =>
  fault === undefined ? { line, text, value: read(text) } : { line, text, fault };
