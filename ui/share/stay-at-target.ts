/**
 * Charts and tables that become interactive have another height than before. A reader who came for one cell, by the address of
 * the page, still sees it: the page follows it until the reader does something.
 */
const MILLISECONDS = 2000;
const ACTIONS = ["wheel", "pointerdown", "keydown", "touchstart"] as const;

export function stayAtTarget(): void {
  // The browser has not gone there yet, so `:target` is empty.
  const target = targetOf(location.hash);
  const content = document.querySelector("main");
  if (!target || !content) return;
  const observer = new ResizeObserver(() => target.scrollIntoView());
  const stop = (): void => {
    observer.disconnect();
    for (const each of ACTIONS) removeEventListener(each, stop);
  };
  observer.observe(content);
  for (const each of ACTIONS) addEventListener(each, stop, { passive: true });
  setTimeout(stop, MILLISECONDS);
}

function targetOf(hash: string): Element | null {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)));
  } catch {
    return null;
  }
}
