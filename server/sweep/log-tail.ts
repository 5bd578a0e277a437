/** The end of a log that somebody else may have put there: a regular file in the sweep's folder, however long it is. */
import { constants, open, realpath } from "node:fs/promises";
import { holds } from "../session/inside.ts";
import { asInTerminal } from "../session/terminal-text.ts";
import type { EntryLog } from "./api.ts";

const { O_RDONLY, O_NONBLOCK = 0 } = constants;
const EMPTY: EntryLog = { text: "", cut: 0 };

/** @param most in bytes. @returns an empty text if there is no such file */
export async function logTail(path: string, inside: string, most: number): Promise<EntryLog> {
  const place = await realpath(path).catch(() => undefined);
  if (place === undefined || !holds(inside, place)) return EMPTY;
  // Non-blocking: it may be a pipe.
  const file = await open(place, O_RDONLY | O_NONBLOCK).catch(() => undefined);
  if (!file) return EMPTY;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size === 0) return EMPTY;
    const from = Math.max(0, found.size - most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(found.size, most)), 0, undefined, from);
    const text = buffer.toString("utf8", 0, bytesRead);
    const begin = from === 0 ? 0 : text.indexOf("\n") + 1;
    return { text: asInTerminal(text.slice(begin)), cut: from + Buffer.byteLength(text.slice(0, begin)) };
  } finally {
    await file.close();
  }
}
