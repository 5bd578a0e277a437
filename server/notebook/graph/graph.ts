/** Graph algorithms on edges [from, to], in time linear in the size of the graph: reachable nodes, cycles, topological order. */

export type Edge = readonly [string, string];

/** All nodes that can be reached from `starts` in one step or more. A start is among them only if a cycle leads back to it. */
export function reachable(starts: Iterable<string>, next: (node: string) => Iterable<string>): Set<string> {
  const found = new Set<string>();
  const frontier = [...starts];
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
 * The strongly connected components with two or more nodes: all nodes of one can reach each other. Members and components
 * are in the order of `nodes`. Tarjan's algorithm (1972), with an explicit stack instead of recursion, on the nodes that
 * cannot be ordered.
 */
export function cycles(nodes: readonly string[], edges: readonly Edge[]): readonly (readonly string[])[] {
  const acyclic = new Set(topologicalOrder(nodes, edges));
  const rest = nodes.filter((node) => !acyclic.has(node));
  if (rest.length === 0) return [];
  const next = outgoing(edges.filter(([from, to]) => !acyclic.has(from) && !acyclic.has(to)));
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
      const cycle = open.splice(open.lastIndexOf(top.node));
      for (const node of cycle) isOpen.delete(node);
      if (cycle.length > 1) found.push(cycle.sort((a, b) => place.get(a)! - place.get(b)!));
    }
  }
  return found.sort(([a], [b]) => place.get(a!)! - place.get(b!)!);
}

/**
 * The nodes in an order in which all edges lead forward; where there is a choice, in the order given. Nodes of cycles, and
 * nodes that can be reached from a cycle, are left out.
 */
export function topologicalOrder(nodes: readonly string[], edges: readonly Edge[]): readonly string[] {
  const next = outgoing(edges);
  const place = new Map(nodes.map((node, index) => [node, index]));
  const waiting = new Map(nodes.map((node) => [node, 0]));
  for (const [, to] of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  // Places of the nodes that wait for no other, in descending order.
  const ready = nodes.flatMap((node, index) => (waiting.get(node) === 0 ? [index] : [])).reverse();
  const order: string[] = [];
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    const node = nodes[at]!;
    order.push(node);
    for (const to of next.get(node) ?? []) {
      const left = waiting.get(to)! - 1;
      waiting.set(to, left);
      if (left === 0) insert(ready, place.get(to)!);
    }
  }
  return order;
}

/** Inserts a number into a list in descending order. */
function insert(descending: number[], value: number): void {
  let [from, to] = [0, descending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (descending[middle]! > value) from = middle + 1;
    else to = middle;
  }
  descending.splice(from, 0, value);
}

/** The targets of the edges from each node, in the order of the edges. */
export function outgoing(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const targets = next.get(from);
    if (targets) targets.push(to);
    else next.set(from, [to]);
  }
  return next;
}
