/** The budget of tensors in words: how many bytes, and who holds them. */
import type { Account } from "./account.ts";

const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;
/** So many holders are named. */
const NAMED = 4;

export function bytesInWords(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power === 0 || amount >= 100 ? 0 : 1)} ${UNITS[power]}`;
}

/** The cells that hold most, with how much. */
export function heldBy(accounts: readonly Account[]): string {
  const holding = accounts.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
  const named = holding.slice(0, NAMED).map(({ owner, bytes }) => `${owner?.cell ?? "no cell"} ${bytesInWords(bytes)}`);
  const others = holding.slice(NAMED).reduce((sum, { bytes }) => sum + bytes, 0);
  return [...named, ...(others > 0 ? [`others ${bytesInWords(others)}`] : [])].join(", ");
}
