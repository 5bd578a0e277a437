/** `kernel/console.ts` in a page: what cells print goes to their consoles. */
import type { ConsoleLine } from "../../events.ts";
import { current } from "../../kernel/generation.ts";
import { format } from "../node/util.ts";

const LEVELS = { log: "log", debug: "log", info: "info", warn: "warn", error: "error" } as const satisfies Readonly<
  Record<string, ConsoleLine["level"]>
>;
/** Characters of one line; the rest is cut off. */
const LONGEST = 20_000;

export function captureConsole(): void {
  for (const [name, level] of Object.entries(LEVELS)) {
    const own: (...given: unknown[]) => void = Reflect.get(console, name).bind(console);
    Reflect.set(console, name, (...given: unknown[]) => {
      const generation = current.getStore();
      if (!generation) return own(...given);
      const text = format(...given);
      generation.log(level, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    });
  }
}
