/** Reads the log of an earlier session. Nothing in it is trusted to have its declared type: the folder may come from elsewhere. */
import type { LoggedEvent } from "../events.ts";
import type { StatePart } from "../state/parts.ts";
import { FIRST_LINE } from "./log.ts";
import { readRegularFile } from "./read-file.ts";
import { loggedEvent } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";
import { statePart } from "./schema/parts.ts";

/** In bytes. A log begins again long before. */
const LARGEST = 400_000_000;

export type ReadLog =
  | { readonly kind: "none" }
  /** `skipped`: the faults of lines that are not valid events. */
  | {
      readonly kind: "read";
      readonly parts: readonly StatePart[];
      readonly events: readonly LoggedEvent[];
      readonly skipped: readonly string[];
    }
  /** Written by another version of Palimpsest. */
  | { readonly kind: "other format" }
  /** The state that it begins with cannot be read, so the events after it have no meaning. */
  | { readonly kind: "damaged"; readonly fault: string };

/** A last line that was cut off is no fault: a power failure can cut it. */
export async function readLog(path: string): Promise<ReadLog> {
  let text: string;
  try {
    text = (await readRegularFile(path, { most: LARGEST })).toString("utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? { kind: "none" } : { kind: "damaged", fault: message };
  }
  if (text === "") return { kind: "none" };
  if (!text.startsWith(FIRST_LINE)) return { kind: "other format" };
  const lines = text.slice(FIRST_LINE.length).split("\n");
  const parts: StatePart[] = [];
  let next = 0;
  for (; next < lines.length && lines[next]!.startsWith('{"part":'); next++) {
    const found = parsed(lines[next]!, (value) => checked(statePart, value));
    if ("fault" in found) return { kind: "damaged", fault: found.fault };
    parts.push(found.value);
  }
  if (parts[0]?.part !== "session") return { kind: "damaged", fault: "it does not begin with a state" };
  const { seq } = parts[0];
  const events: LoggedEvent[] = [];
  const skipped: string[] = [];
  for (; next < lines.length; next++) {
    const line = lines[next]!;
    if (line === "") continue;
    const found = parsed(line, (value) => checked(loggedEvent, value));
    if ("fault" in found) {
      if (next < lines.length - 1) skipped.push(found.fault);
    } else if (found.value.seq > seq) events.push(found.value);
  }
  return { kind: "read", parts, events, skipped };
}

function parsed<T>(line: string, check: (value: unknown) => { readonly value: T } | { readonly fault: string }) {
  try {
    return check(JSON.parse(line));
  } catch {
    return { fault: "is not valid JSON" };
  }
}
