/**
 * Tells elements whether they are near the visible part of the page, so that what is expensive is made only there. All
 * elements share two observers: one says when to make it, and one, with a wider margin, when it may be dropped.
 */
import type { ReactiveController } from "lit";

/** In pixels above and below the window. */
const NEAR = 600;
const FAR = 3000;

export type Nearness = "near" | "between" | "far";
type Listener = (nearness: Nearness) => void;

type Seen = { near: boolean; within: boolean; readonly listener: Listener };

const elements = new WeakMap<Element, Seen>();
let observers: readonly IntersectionObserver[] | undefined;

function observe(margin: number, field: "near" | "within"): IntersectionObserver {
  return new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const seen = elements.get(target);
        if (!seen || seen[field] === isIntersecting) continue;
        seen[field] = isIntersecting;
        seen.listener(seen.near ? "near" : seen.within ? "between" : "far");
      }
    },
    { rootMargin: `${margin}px` },
  );
}

export class NearnessController implements ReactiveController {
  readonly #host: Element;
  readonly #changed: Listener;

  constructor(host: Element & { addController(controller: ReactiveController): void }, changed: Listener) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    observers ??= [observe(NEAR, "near"), observe(FAR, "within")];
    elements.set(this.#host, { near: false, within: false, listener: this.#changed });
    for (const each of observers) each.observe(this.#host);
  }

  hostDisconnected(): void {
    for (const each of observers ?? []) each.unobserve(this.#host);
    elements.delete(this.#host);
  }
}
