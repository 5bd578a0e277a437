/** The largest resident memory that this process has had, in bytes. */
import { readFileSync } from "node:fs";

export function peakMemory(): number {
  // On Linux, resourceUsage begins with the memory of the process that started this one.
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
}
