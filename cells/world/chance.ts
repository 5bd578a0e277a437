/**
 * The world's random choices, over the project's one generator (`random.ts`). The same seed gives the same world on every
 * platform and every version of the runtime.
 */
import { hash32, sfc32 } from "../random.ts";

export type Chance = {
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** True in `percent` of a hundred cases. */
  percent(percent: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** All items, in a new order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[];
  /** `count` of the items at most, in their old order. */
  some<T>(items: readonly T[], count: number): T[];
};

/** @param seed any text; different texts give unrelated streams. */
export function chance(seed: string): Chance {
  const next = sfc32(hash32(`${seed}/a`), hash32(`${seed}/b`), hash32(`${seed}/c`), 1);
  const below = (limit: number): number => Math.floor((next() / 4294967296) * limit);
  const shuffled = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  };
  return {
    below,
    percent: (percent) => below(100) < percent,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error("The world was asked to pick from an empty list.");
      return items[below(items.length)]!;
    },
    shuffled,
    some: <T>(items: readonly T[], count: number): T[] => {
      const chosen = new Set(shuffled(items.map((_, index) => index)).slice(0, count));
      return items.filter((_, index) => chosen.has(index));
    },
  };
}
