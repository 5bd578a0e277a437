/** The one way to print numbers for people: bytes, durations, measured values. Server, kernel and page print them the same way. */

/** 84200000 → "84.2 MB". Decimal units. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** Milliseconds → "320 ms", "12.3 s", "2 min 05 s". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Rounded seconds, for use after "about": 125 → "2 min". */
export function roughly(seconds: number): string {
  if (seconds < 1) return "1 s";
  if (seconds < 99.5) return `${seconds < 9.5 ? Math.round(seconds) : Math.round(seconds / 5) * 5} s`;
  if (seconds < 5940) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Whole numbers unchanged, others with at most five significant digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return Math.abs(value) < 1e12 ? String(value) : value.toExponential(4);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(3);
  return String(Number(value.toPrecision(5)));
}
