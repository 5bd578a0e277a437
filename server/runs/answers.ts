/** What runs keep of the answers to test sets, and the same items of two runs side by side. */
import { type ItemDifference, itemDifference, mcNemar } from "./item-statistics.ts";

export type ItemAnswer = {
  readonly prompt: string;
  readonly expected?: string | undefined;
  readonly answer: string;
  /** Of flags 1 or 0, otherwise a fraction. */
  readonly score: number;
  readonly group?: string | undefined;
};
export type TestAnswers = {
  readonly measure: string;
  readonly kind: "flags" | "scores";
  readonly better: "higher" | "lower";
  /** After how many steps. */
  readonly step: number;
  /** How many items the test has; the answers may be those of the first ones alone. */
  readonly items: number;
  readonly answers: readonly ItemAnswer[];
};
export type RunAnswers = { readonly key: string; readonly tests: readonly TestAnswers[] };

/** A score that moves by less is no flip. */
export const FLIP = 0.1;
/** Of flags, right means a score of 1, or of 0 where lower is better. Scores have no right and wrong: they rise, fall or stay. */
export const flips = {
  flags: ["lost", "gained", "still wrong", "kept"],
  scores: ["lost", "gained", "about the same"],
} as const;
export type Flip = (typeof flips)[keyof typeof flips][number];

export type ComparedItem = {
  readonly prompt: string;
  readonly expected?: string | undefined;
  readonly group?: string | undefined;
  readonly before: Pick<ItemAnswer, "answer" | "score">;
  readonly after: Pick<ItemAnswer, "answer" | "score">;
  readonly flip: Flip;
};
export type ComparedTest = {
  readonly measure: string;
  readonly kind: "flags" | "scores";
  /** Those that both runs answered. */
  readonly items: readonly ComparedItem[];
  /** How many items only one of the two has answers of. */
  readonly apart: number;
  readonly counts: Readonly<Partial<Record<Flip, number>>>;
  readonly difference: ItemDifference;
  /** Of flags: the exact McNemar test of lost against gained. */
  readonly pValue?: number;
  readonly judgement: "better" | "worse" | "inside the noise";
};

/** With n items, all of them point in one direction by chance with probability 2 · 2⁻ⁿ. Below six this is more than 5 %. */
const FEWEST = 6;

/** The tests that both runs have, item by item. Items are the same if they ask and expect the same. */
export function comparedAnswers(
  before: readonly TestAnswers[],
  after: readonly TestAnswers[],
): readonly ComparedTest[] {
  return before.flatMap((from) => {
    const to = after.find(({ measure, kind }) => measure === from.measure && kind === from.kind);
    return to ? (comparedTest(from, to) ?? []) : [];
  });
}

function comparedTest(from: TestAnswers, to: TestAnswers): ComparedTest | undefined {
  const { measure, kind, better } = from;
  const sign = better === "higher" ? 1 : -1;
  const answered = new Map(numbered(to.answers));
  const items = numbered(from.answers).flatMap(([name, before]): ComparedItem[] => {
    const after = answered.get(name);
    if (!after) return [];
    const { prompt, expected, group } = before;
    const flip =
      kind === "flags" ? flagFlip(before.score, after.score, sign) : scoreFlip(before.score, after.score, sign);
    return [{ prompt, expected, group, before, after, flip }];
  });
  if (items.length === 0) return undefined;
  const counts: Partial<Record<Flip, number>> = {};
  for (const { flip } of items) counts[flip] = (counts[flip] ?? 0) + 1;
  const difference = itemDifference(
    items.map(({ group = "", before, after }) => ({ group, before: before.score, after: after.score })),
  );
  const [low, high] = difference.interval;
  const isNoise = items.length < FEWEST || (low <= 0 && high >= 0);
  return {
    measure,
    kind,
    items,
    apart: from.answers.length + to.answers.length - 2 * items.length,
    counts,
    difference,
    ...(kind === "flags" && { pValue: mcNemar(counts.lost ?? 0, counts.gained ?? 0) }),
    judgement: isNoise ? "inside the noise" : sign * difference.difference > 0 ? "better" : "worse",
  };
}

/** Items by what they ask and expect. Of equal items, the first of one side belongs to the first of the other. */
function numbered(answers: readonly ItemAnswer[]): (readonly [string, ItemAnswer])[] {
  const seen = new Map<string, number>();
  return answers.map((item) => {
    const name = JSON.stringify([item.group, item.prompt, item.expected]);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return [`${count} ${name}`, item] as const;
  });
}

function flagFlip(before: number, after: number, sign: 1 | -1): Flip {
  const isRight = (score: number): boolean => (sign === 1 ? score === 1 : score === 0);
  if (isRight(before)) return isRight(after) ? "kept" : "lost";
  return isRight(after) ? "gained" : "still wrong";
}

function scoreFlip(before: number, after: number, sign: 1 | -1): Flip {
  const gain = sign * (after - before);
  return gain >= FLIP ? "gained" : gain <= -FLIP ? "lost" : "about the same";
}
