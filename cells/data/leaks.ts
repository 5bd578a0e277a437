/**
 * Finds test pairs that occur in the training data: exactly, almost exactly, or with one side only. A score on such sentences
 * measures memory; one known side is already enough to distort it.
 */
import { form, type Sameness, type Sides } from "./content.ts";

/** How a test pair overlaps with the training data, worst first. */
export type LeakKind =
  | "pair, exact"
  | "pair, normalised"
  | "source, exact"
  | "source, normalised"
  | "reference, exact"
  | "reference, normalised";

export type Leak<T> = { readonly kind: LeakKind; readonly test: T; readonly train: T };

export type LeakCheck<T> = {
  /** The number and share of leaking test pairs for each kind, for `table(…)`. Each pair counts once, for the first kind that applies. */
  readonly rows: readonly {
    readonly leak: string;
    readonly pairs: number;
    readonly share: number;
    readonly example: string;
  }[];
  readonly leaks: readonly Leak<T>[];
  /** The training data without the pairs that overlap with a test pair. */
  readonly train: readonly T[];
};

type Side = "pair" | "source" | "reference";
const kinds = (["pair", "source", "reference"] as const).flatMap((side) =>
  (["exact", "normalised"] as const).map((sameness) => ({ side, sameness, kind: `${side}, ${sameness}` as LeakKind })),
);

/** Sides are compared within one language, in either direction of translation. `source` and `reference` in a kind are those of the test pair. */
export function leakCheck<T extends Sides>(train: readonly T[], test: readonly T[]): LeakCheck<T> {
  const indices = kinds.map(({ side, sameness }) => ({ side, sameness, seen: contents(train, side, sameness) }));
  const leaks: Leak<T>[] = [];
  const leaking = new Set<T>();
  for (const pair of test) {
    let found: Leak<T> | undefined;
    for (const [i, { side, sameness, seen }] of indices.entries()) {
      const matches = seen.get(key(pair, side, sameness)) ?? [];
      for (const match of matches) leaking.add(match);
      if (matches[0]) found ??= { kind: kinds[i]!.kind, test: pair, train: matches[0] };
    }
    if (found) leaks.push(found);
  }
  const rows = kinds.map(({ kind }) => {
    const own = leaks.filter((leak) => leak.kind === kind);
    return {
      leak: kind,
      pairs: own.length,
      share: own.length / Math.max(1, test.length),
      example: own[0]?.test.source ?? "",
    };
  });
  return { rows, leaks, train: train.filter((pair) => !leaking.has(pair)) };
}

function contents<T extends Sides>(train: readonly T[], side: Side, sameness: Sameness): Map<string, T[]> {
  const seen = new Map<string, T[]>();
  for (const pair of train) {
    // A side of a test pair may occur on either side of a training pair.
    const keys =
      side === "pair" ? [key(pair, side, sameness)] : [key(pair, "source", sameness), key(pair, "reference", sameness)];
    for (const each of keys) {
      const list = seen.get(each);
      if (list) list.push(pair);
      else seen.set(each, [pair]);
    }
  }
  return seen;
}

function key(pair: Sides, side: Side, sameness: Sameness): string {
  const source = `${pair.from}\t${form(sameness)(pair.source)}`;
  const reference = `${pair.to}\t${form(sameness)(pair.reference)}`;
  if (side === "pair") return [source, reference].sort().join("\n");
  return side === "source" ? source : reference;
}
