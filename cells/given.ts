/** Checks that a function got the data that it needs, so that nothing is silently left out, measured or trained on nothing. */

/** @throws naming the function, and what it needs instead of what it got. */
export function requireItems(call: string, what: string, items: unknown): void {
  const needed = `${call} needs ${what}: a list with at least one item`;
  if (Array.isArray(items)) {
    if (items.length === 0) throw new TypeError(`${needed}, but the list is empty.`);
    return;
  }
  if (typeof items === "object" && items !== null && "items" in items && Array.isArray(items.items)) {
    throw new TypeError(`${needed}. Give the items of what was read: reading.items.`);
  }
  throw new TypeError(`${needed}, not ${items === undefined ? "nothing" : typeof items}.`);
}
