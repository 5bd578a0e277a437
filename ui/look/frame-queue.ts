/**
 * Work that may wait until the page stands still, a few milliseconds in each frame. While the user scrolls nothing is done:
 * most of what passes by is never looked at.
 */

/** Milliseconds of a frame that the work may take. */
const BUDGET = 6;

/** Milliseconds without scrolling after which the page stands still. */
const STILL = 120;

type Work = () => Promise<unknown>;

const waiting = new Set<Work>();
let isAsked = false;
let scrolledAt = Number.NEGATIVE_INFINITY;
globalThis.addEventListener?.("scroll", () => (scrolledAt = performance.now()), { capture: true, passive: true });

/** @returns a function that takes the work back, if it has not been done */
export function whenFramesAllow(work: Work): () => void {
  waiting.add(work);
  ask();
  return () => waiting.delete(work);
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  const wait = scrolledAt + STILL - performance.now();
  if (wait > 0) setTimeout(() => void next(), wait);
  else requestAnimationFrame(() => void next());
}

async function next(): Promise<void> {
  const until = performance.now() + BUDGET;
  for (const work of waiting) {
    if (performance.now() < scrolledAt + STILL) break;
    waiting.delete(work);
    await work();
    if (performance.now() >= until) break;
  }
  isAsked = false;
  if (waiting.size > 0) ask();
}
