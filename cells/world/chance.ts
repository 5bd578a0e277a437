/**
 * The random choices of the world, made with the project's generator (`random.ts`). The same seed gives the same world on every
 * platform and in every version of the runtime.
 */
import { hash32, sfc32 } from "../random.ts";

export type Chance = {
  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number;
  /** True with a probability of `percent` %. */
  percent(percent: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** All items in random order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[];
  /** At most `count` random items, in their original order. */
  some<T>(items: readonly T[], count: number): T[];
};

/** @param seed any text; different texts give independent streams */
export function chance(seed: string): Chance {
  const next = sfc32(hash32(`${seed}/a`), hash32(`${seed}/b`), hash32(`${seed}/c`), 1);
  const below = (limit: number): number => Math.floor((next() / 4294967296) * limit);
  const shuffled = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  };
  return {
    below,
    percent: (percent) => below(100) < percent,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error("pick(…) needs at least one item; the list is empty.");
      return items[below(items.length)]!;
    },
    shuffled,
    some: <T>(items: readonly T[], count: number): T[] => {
      const chosen = new Set(shuffled(items.map((_, index) => index)).slice(0, count));
      return items.filter((_, index) => chosen.has(index));
    },
  };
}
