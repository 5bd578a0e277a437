/**
 * Rationales: what a frozen model goes on to say after a reference translation, with or without a style word such as
 * "Note:" to begin it. RaDis takes the base itself; any other model folder is an ablation. They are written once and kept
 * in the workspace, for the next execution and the next day. What is empty, cut off or repeating is counted
 * and not hidden, so that the reader can judge the prompt.
 */

import { cache } from "../cache/cache.ts";
import type { ChatModel, Sampling } from "../contracts.ts";
import { host } from "../host.ts";
import { random } from "../random.ts";
import type { Pair } from "../types.ts";

export type Rationale = Pair & {
  /** The style word that this pair drew; empty where the model went straight on. */
  readonly prompt: string;
  /** What the model wrote after it, with the space it begins with. */
  readonly text: string;
  readonly tokens: number;
  /** Whether the model ended its turn by itself, rather than being cut off. */
  readonly ended: boolean;
  /** Only a `kept` rationale is learnt; every other pair is learnt plainly. */
  readonly use: "kept" | "empty" | "filtered" | "not drawn";
};

export type RationaleCounts = {
  /** Pairs; so many of them had a rationale written. */
  readonly pairs: number;
  readonly written: number;
  readonly empty: number;
  readonly cutOff: number;
  /** Those in which the same four words stand three times or more. */
  readonly repeating: number;
  /** Those that the filter kept out. */
  readonly filtered: number;
  /** Of those that were written. */
  readonly meanTokens: number;
};

export type Rationales = {
  readonly items: readonly Rationale[];
  readonly prompts: readonly string[];
  /** What stands between the translation and the style word. */
  readonly separator: string;
  readonly counts: RationaleCounts;
};

export type RationalesOptions = Sampling & {
  /** The style word; of several, the pairs of each direction draw by turns. Empty to let the model go straight on. */
  readonly prompt: string | readonly string[];
  readonly separator?: string;
  /** Most tokens of one rationale. */
  readonly maxTokens?: number;
  /** Share of the pairs that get a rationale, from 0 to 1. A larger share holds all pairs of a smaller one. */
  readonly share?: number;
  /** Keeps a rationale where it is true. It changes nothing of what is written, so trying another one is free. */
  readonly filter?: (rationale: Rationale) => boolean;
};

type Written = Pick<Rationale, "text" | "tokens" | "ended">;

/** @throws if no prompt is given, or the share is not a share. */
export async function rationales(
  model: ChatModel,
  pairs: readonly Pair[],
  options: RationalesOptions,
): Promise<Rationales> {
  const { prompt, separator = "\n", maxTokens = 80, share = 1, filter = () => true, ...decoding } = options;
  const { seed = host().seed, ...sampling } = decoding;
  const prompts = [prompt].flat().map((each) => each.trim());
  if (prompts.length === 0)
    throw new Error('Rationales need a prompt such as "Note:", or "" to let the model go straight on.');
  if (!(share >= 0 && share <= 1))
    throw new Error(`The share of pairs with rationales is ${share}; it goes from 0 to 1.`);
  const turns = byTurns(pairs, prompts);
  const asked = drawn(pairs, share, seed).map((at) => ({ at, prompt: turns[at]! }));
  const chance = (sampling.temperature ?? 0) > 0 ? { seed } : {};
  const ingredients = { model: model.digest, pairs, asked, separator, maxTokens, ...sampling, ...chance };
  const written = await cache<readonly Written[]>("rationales", ingredients, () =>
    model.generate(
      asked.map(({ at, prompt }) => ({
        messages: [{ role: "user", content: pairs[at]!.instruction }],
        prefix: [pairs[at]!.reference, `${separator}${prompt}`],
      })),
      { ...sampling, seed, maxTokens, label: "rationales" },
    ),
  );
  const byPair = new Map(asked.map(({ at, prompt }, index) => [at, { ...written[index]!, prompt }]));
  const items = pairs.map((pair, at): Rationale => {
    const found = byPair.get(at);
    if (!found) return { ...pair, prompt: "", text: "", tokens: 0, ended: true, use: "not drawn" };
    const item: Rationale = { ...pair, ...found, use: found.text.trim() === "" ? "empty" : "kept" };
    return item.use === "kept" && !filter(item) ? { ...item, use: "filtered" } : item;
  });
  return { items, prompts, separator, counts: count(items) };
}

/** Each direction has its own turn, so that both sides of a sentence draw the same prompt. */
function byTurns(pairs: readonly Pair[], prompts: readonly string[]): string[] {
  const turns = new Map<string, number>();
  return pairs.map(({ from, to }) => {
    const direction = `${from} ${to}`;
    const turn = turns.get(direction) ?? 0;
    turns.set(direction, turn + 1);
    return prompts[turn % prompts.length]!;
  });
}

/** The pairs that get a rationale, in their order. */
function drawn(pairs: readonly Pair[], share: number, seed: number): number[] {
  const { uniform } = random(seed, "share of rationales");
  const draws = pairs.map(() => uniform());
  return [...pairs.keys()].filter((at) => draws[at]! < share);
}

const lines = (items: readonly object[]): string => `${items.map((each) => JSON.stringify(each)).join("\n")}\n`;

/** Writes them as JSONL, one pair a line with its rationale and what became of it. @param path inside the workspace */
export async function saveRationales({ items }: Rationales, path: string): Promise<void> {
  await host().writeFile(path, lines(items));
}

function count(items: readonly Rationale[]): RationaleCounts {
  const written = items.filter((item) => item.use !== "not drawn");
  const those = (holds: (item: Rationale) => boolean): number => written.filter(holds).length;
  return {
    pairs: items.length,
    written: written.length,
    empty: those((item) => item.use === "empty"),
    cutOff: those((item) => !item.ended),
    repeating: those((item) => repeats(item.text)),
    filtered: those((item) => item.use === "filtered"),
    meanTokens: written.reduce((sum, item) => sum + item.tokens, 0) / Math.max(1, written.length),
  };
}

/** Whether the same four words stand in a text three times or more: the mark of a model that goes in circles. */
export function repeats(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const seen = new Map<string, number>();
  for (let at = 0; at + 4 <= words.length; at += 1) {
    const four = words.slice(at, at + 4).join(" ");
    const times = (seen.get(four) ?? 0) + 1;
    if (times >= 3) return true;
    seen.set(four, times);
  }
  return false;
}
