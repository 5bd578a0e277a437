/**
 * A fair sample of points: each has the same chance, and the same data give the same sample. A point keeps its priority
 * while others are added, so a growing chart does not flicker. The outermost points always belong to it, so that the axes
 * stay, and some of each small group, so that no colour disappears.
 */

/** Of each group, at least so many points remain. */
const OF_EACH_GROUP = 20;

/** @param always points that belong to the sample in any case @returns at most `limit` indices below `length`, ascending */
export function fairSample(
  length: number,
  limit: number,
  always: readonly number[] = [],
  groups: readonly (readonly number[])[] = [],
): readonly number[] {
  const chosen = new Set(always);
  if (groups.length > 1 && groups.length * OF_EACH_GROUP <= limit / 2) {
    for (const group of groups) for (const index of lowest(group, OF_EACH_GROUP)) chosen.add(index);
  }
  const others: number[] = [];
  for (let i = 0; i < length; i++) if (!chosen.has(i)) others.push(i);
  for (const index of lowest(others, Math.max(0, limit - chosen.size))) chosen.add(index);
  return Array.from(chosen).sort((a, b) => a - b);
}

/** The indices with the lowest priorities. */
function lowest(indices: readonly number[], count: number): readonly number[] {
  if (indices.length <= count) return indices;
  if (count === 0) return [];
  const bound = Uint32Array.from(indices, priority).sort()[count - 1]!;
  const chosen = indices.filter((index) => priority(index) <= bound);
  return chosen.slice(0, count);
}

/** A hash of the index that looks random (the finaliser of MurmurHash3). Different indices have different hashes. */
function priority(index: number): number {
  let hash = (index + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
