/** The console of cells: each line goes to the cell in whose context it was written. All other lines go to the console of the process. */
import { Console } from "node:console";
import { Writable } from "node:stream";
import type { ConsoleLine } from "../events.ts";
import { current } from "./generation.ts";

const LEVELS: Readonly<Record<string, ConsoleLine["level"]>> = {
  info: "info",
  warn: "warn",
  trace: "warn",
  error: "error",
  assert: "error",
};
/** Characters of one line; the rest is cut off. */
const LONGEST = 20_000;

/** Makes `console` write to cells. Node's own `Console` formats the text; only its output stream is ours. */
export function captureConsole(): void {
  let level: ConsoleLine["level"] = "log";
  const out = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      const text = chunk.replace(/\n$/, "");
      const shown =
        text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length - LONGEST} more characters)` : text;
      current.getStore()?.log(level, shown);
      done();
    },
  });
  const cells = new Console({ stdout: out, stderr: out, inspectOptions: { depth: 4, colors: false } });
  const names = Object.keys(cells) as (keyof Console)[];
  for (const name of names) {
    const own: unknown = console[name];
    const captured: unknown = cells[name];
    if (typeof own !== "function" || typeof captured !== "function") continue;
    const call = (...args: unknown[]): unknown => {
      if (!current.getStore()) return own.apply(console, args);
      level = LEVELS[name] ?? "log";
      return captured.apply(cells, args);
    };
    Object.assign(console, { [name]: call });
  }
}
