/** The width of a component, for what is drawn to measure. The component is drawn again when it changes. */
import type { LitElement, ReactiveController } from "lit";

export class Width implements ReactiveController {
  readonly #host: LitElement;
  /** In whole pixels; 0 until it is known. */
  now = 0;
  readonly #resizing = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === this.now) return;
    this.now = width;
    this.#host.requestUpdate();
  });

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#resizing.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#resizing.disconnect();
  }
}
