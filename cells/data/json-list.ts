/**
 * The elements of a JSON list with their line numbers, each decoded and parsed separately: one invalid element among thousands is one bad
 * row, while `JSON.parse` would reject the complete file, and a file may be larger than the largest string.
 */
import { decoded, type TextLine } from "./lines.ts";
import type { RawRow } from "./reading.ts";

const quote = 0x22;
const comma = 0x2c;
const feed = 0x0a;
const backslash = 0x5c;
const [openList, closeList] = [0x5b, 0x5d];
const [openObject, closeObject] = [0x7b, 0x7d];

/** All structural characters are ASCII, which UTF-8 has nowhere else. @throws if the text is not a list */
export function* jsonElements(bytes: Uint8Array): Generator<RawRow> {
  const start = bytes.findIndex((byte) => byte > 0x20);
  if (bytes[start] !== openList) throw new Error('it is not a JSON list, which begins with "["');
  let line = 1;
  for (let at = 0; at < start; at += 1) if (bytes[at] === feed) line += 1;
  let depth = 0;
  let inString = false;
  let from = -1;
  let firstLine = line;
  const element = (to: number): RawRow[] =>
    from < 0 ? [] : [parsed({ line: firstLine, ...trimmed(decoded(bytes.subarray(from, to))) })];
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (from < 0 && byte > 0x20 && byte !== comma && byte !== closeList) [from, firstLine] = [at, line];
    if (byte === feed) line += 1;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openList || byte === openObject) depth += 1;
    else if (depth === 0 && (byte === comma || byte === closeList)) {
      yield* element(at);
      from = -1;
      if (byte !== comma) return;
    } else if (byte === closeList || byte === closeObject) depth = Math.max(0, depth - 1);
  }
  // A bracket or quote is not closed, or the file was cut off. It cannot be known where the next element begins.
  yield* element(bytes.length);
  yield { line: bytes.at(-1) === feed ? line - 1 : line, text: "", fault: "the list is not closed" };
}

const trimmed = ({ text, ...rest }: { readonly text: string; readonly fault?: string }) => ({
  text: text.trim(),
  ...rest,
});

/** The value of a text that is one JSON value. */
export function parsed({ line, text, fault }: TextLine): RawRow {
  if (fault !== undefined) return { line, text, fault };
  try {
    return { line, text, value: JSON.parse(text) };
  } catch (error) {
    return {
      line,
      text,
      fault: `not valid JSON (${error instanceof Error ? error.message.split("\n", 1)[0] : error})`,
    };
  }
}
