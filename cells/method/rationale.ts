/** One pair's rationale, and the counts by which a reader can judge the rationale prompt. */
import type { Pair } from "../types.ts";

export type Rationale = Pair & {
  /** The rationale prompt of this pair; empty if the model continued without one. */
  readonly prompt: string;
  /** The model's text after the prompt, with its leading space. */
  readonly text: string;
  readonly tokens: number;
  /** Whether the model ended its turn, or was cut off at the maximum length. */
  readonly ended: boolean;
  /** Only a `used` rationale is learnt; of all other pairs only the translation. */
  readonly status: "used" | "empty" | "filtered" | "not sampled";
};

export type RationaleCounts = {
  readonly pairs: number;
  /** Pairs for which a rationale was written; all counts below are of these. */
  readonly written: number;
  readonly empty: number;
  /** Rationales that reached the maximum length. */
  readonly cutOff: number;
  /** Rationales in which the same four words occur at least three times. */
  readonly repeating: number;
  /** Rationales that the filter rejected. */
  readonly filtered: number;
  readonly meanTokens: number;
};

export function countRationales(items: readonly Rationale[]): RationaleCounts {
  const written = items.filter((item) => item.status !== "not sampled");
  const count = (holds: (item: Rationale) => boolean): number => written.filter(holds).length;
  return {
    pairs: items.length,
    written: written.length,
    empty: count((item) => item.status === "empty"),
    cutOff: count((item) => !item.ended),
    repeating: count((item) => repeats(item.text)),
    filtered: count((item) => item.status === "filtered"),
    meanTokens: written.reduce((sum, item) => sum + item.tokens, 0) / Math.max(1, written.length),
  };
}

/** Whether the same four words occur at least three times, the sign of a model that repeats itself. */
function repeats(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const counts = new Map<string, number>();
  for (let start = 0; start + 4 <= words.length; start += 1) {
    const sequence = words.slice(start, start + 4).join(" ");
    const count = (counts.get(sequence) ?? 0) + 1;
    if (count >= 3) return true;
    counts.set(sequence, count);
  }
  return false;
}
