/**
 * Takes everything that names the author's machine out of what is shared: the places and secrets that records leave out, and
 * besides these any other absolute path, the user's name and the machine's name. A file that is published cannot be called back.
 */
import { hostname, userInfo } from "node:os";
import { redactionOf } from "../records/private-places.ts";
import { redacted } from "../records/redaction.ts";

/** Names that are words; replacing them would change texts that mean something else. */
const COMMON = new Set([
  "root",
  "user",
  "admin",
  "node",
  "home",
  "test",
  "guest",
  "local",
  "localhost",
  "host",
  "server",
]);
const SHORTEST = 4;
/** Folders at the top of a system. Other texts that begin with a slash, such as a route or a fraction, are left alone. */
const TOP =
  "home|Users|root|mnt|media|tmp|var|opt|srv|scratch|private|usr|etc|Volumes|gpfs|lustre|nfs|work|data|workspace|run|proc|dev";
const PATH = new RegExp(`(?<![\\w.~/<-])(?:file://)?/(?:${TOP})(?:/[^\\s"'\`<>|:;,)\\]}]+)+`, "g");
const WINDOWS_PATH = /\b[A-Za-z]:\\(?:[^\s"'`<>|:;,)\]}\\]+\\)+[^\s"'`<>|:;,)\]}\\]*/g;

export type Names = { readonly user: string; readonly host: string };

/** @param notebook its workspace, and its path there. @returns a copy of a value with all its texts made private */
export function withoutMachine<T>(
  value: T,
  notebook: { readonly workspace: string; readonly path: string },
  names: Names = namesOfMachine(),
): T {
  const redaction = redactionOf(notebook);
  return mapped(value, (text) => withoutNames(withoutPaths(redacted(text, redaction)), names)) as T;
}

function withoutPaths(text: string): string {
  const last = (path: string): string => `…/${path.split(/[\\/]/).findLast((part) => part !== "") ?? ""}`;
  return text.includes("/") || text.includes("\\") ? text.replace(PATH, last).replace(WINDOWS_PATH, last) : text;
}

function withoutNames(text: string, { user, host }: Names): string {
  let result = text;
  for (const [name, shown] of [
    [user, "<user>"],
    [host, "<host>"],
  ] as const) {
    if (name.length < SHORTEST || COMMON.has(name.toLowerCase()) || !result.includes(name)) continue;
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    result = result.replace(new RegExp(`(?<![\\w])${escaped}(?![\\w])`, "g"), shown);
  }
  return result;
}

/** Base64 of images stays as it is: it is long, and nothing in it is a path. */
function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapped(each, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [change(key), key === "base64" ? each : mapped(each, change)]),
  );
}

function namesOfMachine(): Names {
  try {
    return { user: userInfo().username, host: hostname() };
  } catch {
    return { user: "", host: hostname() };
  }
}
