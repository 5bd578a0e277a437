/** Plain graph work on pairs [from, to], in time that grows with the graph alone: who can be reached, what goes in circles, what comes first. */

export type Edge = readonly [string, string];

/** All that can be reached from `from` by going on from each to the `next` ones, itself only where a circle leads back. */
export function reachable(from: Iterable<string>, next: (node: string) => Iterable<string>): Set<string> {
  const found = new Set<string>();
  const frontier = [...from];
  for (let node = frontier.pop(); node !== undefined; node = frontier.pop()) {
    for (const to of next(node)) {
      if (found.has(to)) continue;
      found.add(to);
      frontier.push(to);
    }
  }
  return found;
}

/**
 * Sets of nodes that can all reach each other, in circles of two or more; members and sets in the order of the nodes.
 * Tarjan's algorithm, with a stack of its own instead of calls, on the nodes that circles keep from being ordered.
 */
export function circles(nodes: readonly string[], edges: readonly Edge[]): readonly (readonly string[])[] {
  const free = new Set(ordered(nodes, edges));
  const rest = nodes.filter((node) => !free.has(node));
  if (rest.length === 0) return [];
  const next = outgoing(edges.filter(([from, to]) => !free.has(from) && !free.has(to)));
  const place = new Map(nodes.map((node, index) => [node, index]));
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  const lower = (node: string, to: number): void => void lowest.set(node, Math.min(lowest.get(node)!, to));
  for (const root of rest) {
    if (number.has(root)) continue;
    const path: { readonly node: string; readonly left: Iterator<string> }[] = [];
    const enter = (node: string): void => {
      number.set(node, number.size);
      lowest.set(node, number.get(node)!);
      open.push(node);
      isOpen.add(node);
      path.push({ node, left: (next.get(node) ?? [])[Symbol.iterator]() });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = top.left.next();
      if (to.done !== true) {
        if (!number.has(to.value)) enter(to.value);
        else if (isOpen.has(to.value)) lower(top.node, number.get(to.value)!);
        continue;
      }
      path.pop();
      const before = path.at(-1);
      if (before) lower(before.node, lowest.get(top.node)!);
      if (lowest.get(top.node) !== number.get(top.node)) continue;
      const circle = open.splice(open.lastIndexOf(top.node));
      for (const node of circle) isOpen.delete(node);
      if (circle.length > 1) found.push(circle.sort((a, b) => place.get(a)! - place.get(b)!));
    }
  }
  return found.sort(([a], [b]) => place.get(a!)! - place.get(b!)!);
}

/** Nodes so that edges lead forward; where they leave a choice, in the order given. Nodes of circles, and behind them, are left out. */
export function ordered(nodes: readonly string[], edges: readonly Edge[]): readonly string[] {
  const next = outgoing(edges);
  const place = new Map(nodes.map((node, index) => [node, index]));
  const waiting = new Map(nodes.map((node) => [node, 0]));
  for (const [, to] of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  // Places of the nodes that are free, the last one first.
  const free = nodes.flatMap((node, index) => (waiting.get(node) === 0 ? [index] : [])).reverse();
  const order: string[] = [];
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    const node = nodes[at]!;
    order.push(node);
    for (const to of next.get(node) ?? []) {
      const left = waiting.get(to)! - 1;
      waiting.set(to, left);
      if (left === 0) insert(free, place.get(to)!);
    }
  }
  return order;
}

/** Puts a number where it belongs in numbers that fall. */
function insert(falling: number[], value: number): void {
  let [from, to] = [0, falling.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (falling[middle]! > value) from = middle + 1;
    else to = middle;
  }
  falling.splice(from, 0, value);
}

/** Where the edges lead from each node, in their order. */
export function outgoing(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const known = next.get(from);
    if (known) known.push(to);
    else next.set(from, [to]);
  }
  return next;
}
