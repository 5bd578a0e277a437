/**
 * The key of this machine. It signs cached results, so that results which came with a folder from elsewhere, or which somebody
 * changed, are not taken for our own. It is in the user's own folder for state, never in a workspace.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type MachineKey = {
  readonly key: string;
  /** Why the key could not be saved: then it is valid until this process ends. */
  readonly fault?: string;
};

/** For as long as this process lives, if no key can be saved. */
let temporary: string | undefined;

/** @param folder for tests */
export function machineKey(folder: string = stateFolder()): MachineKey {
  const path = join(folder, "key");
  try {
    const saved = readKey(path);
    if (saved !== undefined) return { key: saved };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { key: createKey(path) };
  } catch (error) {
    temporary ??= newKey();
    const why = error instanceof Error ? error.message : String(error);
    return { key: temporary, fault: `${path} could not be used: ${why}` };
  }
}

export function signature(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

export function isSignedBy(key: string, text: string, signed: string): boolean {
  const expected = Buffer.from(signature(key, text));
  const given = Buffer.from(signed);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** `$XDG_STATE_HOME/palimpsest`; the specification says that a relative path there must be ignored. */
function stateFolder(): string {
  const { XDG_STATE_HOME: given } = process.env;
  const base = given !== undefined && isAbsolute(given) ? given : join(homedir(), ".local", "state");
  return join(base, "palimpsest");
}

/** @returns undefined if there is no key, or one that cannot be trusted; that one is removed */
function readKey(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  const ours = process.getuid === undefined || found.uid === process.getuid();
  const isPrivate = process.platform === "win32" || (found.mode & 0o077) === 0;
  const text = found.isFile() && ours && isPrivate ? readFileSync(path, "utf8").trim() : "";
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  rmSync(path);
  return undefined;
}

/** Two processes may do this at once: both use the key of the first. The link makes a file appear with its whole content. */
function createKey(path: string): string {
  const key = newKey();
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(beside, `${key}\n`, { flag: "wx", mode: 0o600 });
    chmodSync(beside, 0o600);
    linkSync(beside, path);
    return key;
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const other = exists ? readKey(path) : undefined;
    if (other === undefined) throw error;
    return other;
  } finally {
    rmSync(beside, { force: true });
  }
}

function newKey(): string {
  return randomBytes(32).toString("hex");
}
