/** The lines of a console. A line that has not ended is replaced by the next one, as in a terminal: a progress bar stays one line. */
import type { ConsoleLine } from "../events.ts";

export function withLines(lines: readonly ConsoleLine[], added: readonly ConsoleLine[]): readonly ConsoleLine[] {
  const all = lines.slice();
  for (const line of added) {
    if (all.at(-1)?.open) all.pop();
    all.push(line);
  }
  return all;
}
