/**
 * Whether a test is in the training: test pairs that training has word for word, nearly so, or with one side only. A score
 * on sentences that were trained on tells memory, and one side alone already gives half of it away.
 */
import { form, type Sameness, type Sides } from "./content.ts";

/** The nearest kin of a test pair in training, the worst first. */
export type LeakKind =
  | "pair, exact"
  | "pair, normalised"
  | "source, exact"
  | "source, normalised"
  | "reference, exact"
  | "reference, normalised";

export type Leak<T> = { readonly kind: LeakKind; readonly test: T; readonly train: T };

export type LeakCheck<T> = {
  /** How many test pairs there are, and how many leak in each way; each pair counts once, in the first way that holds. For `table(…)`. */
  readonly rows: readonly {
    readonly leak: string;
    readonly pairs: number;
    readonly share: number;
    readonly example: string;
  }[];
  readonly leaks: readonly Leak<T>[];
  /** The training without the pairs that any test pair leaks from. */
  readonly train: readonly T[];
};

type Side = "pair" | "source" | "reference";
const kinds = (["pair", "source", "reference"] as const).flatMap((side) =>
  (["exact", "normalised"] as const).map((sameness) => ({ side, sameness, kind: `${side}, ${sameness}` as LeakKind })),
);

/** Sides are compared by language, whichever direction a pair has in training: `source` and `reference` are the test pair's. */
export function leakCheck<T extends Sides>(train: readonly T[], test: readonly T[]): LeakCheck<T> {
  const indices = kinds.map(({ side, sameness }) => ({ side, sameness, seen: contents(train, side, sameness) }));
  const leaks: Leak<T>[] = [];
  const leaking = new Set<T>();
  for (const pair of test) {
    let found: Leak<T> | undefined;
    for (const [i, { side, sameness, seen }] of indices.entries()) {
      const kin = seen.get(key(pair, side, sameness)) ?? [];
      for (const each of kin) leaking.add(each);
      if (kin[0]) found ??= { kind: kinds[i]!.kind, test: pair, train: kin[0] };
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
    // One side of a test pair may stand on either side of a training pair.
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
