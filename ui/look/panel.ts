/**
 * A word or number that opens a panel with its details. The panel is shown above the page and moves nothing; a click
 * elsewhere or Escape closes it.
 */
import { css, html, LitElement, type TemplateResult } from "lit";

/** Pixels between the panel and its opener, and between the panel and the edges of the window. */
const GAP = 6;

/** `bar`: the panel stays in the window, as the bar does. `beside`: it is beside a cell and scrolls with the page. */
export type Placement = "bar" | "beside";

export class Panel extends LitElement {
  static override properties = { label: {}, placement: { reflect: true } };
  static override styles = css`
    :host {
      display: inline-block;
      min-width: 0;
    }
    button {
      all: unset;
      box-sizing: border-box;
      display: flex;
      align-items: center;
      gap: 0.4rem;
      width: 100%;
      min-height: 1.875rem;
      padding: 0 0.5rem;
      border-radius: var(--radius);
      white-space: nowrap;
      cursor: pointer;
    }
    :host([placement="beside"]) button {
      min-height: 1.25rem;
      padding: 0 0.25rem;
      margin-left: -0.25rem;
    }
    button:hover,
    button:has(+ :popover-open) {
      background: var(--surface);
    }
    button:focus-visible {
      outline: 2px solid var(--accent);
    }
    [popover] {
      position: fixed;
      inset: auto;
      margin: 0;
      box-sizing: border-box;
      width: min(24rem, calc(100vw - 2rem));
      max-height: min(34rem, 70vh);
      overflow: auto;
      padding: 0.875rem 1rem;
      color: var(--ink);
      background: var(--raised);
      border: 1px solid var(--hairline);
      border-radius: var(--radius);
      box-shadow: 0 8px 28px rgb(0 0 0 / 0.14);
      font-size: var(--small);
      line-height: 1.5;
      white-space: normal;
    }
    :host([placement="beside"]) [popover] {
      position: absolute;
      width: min(21rem, calc(100vw - 2rem));
    }
  `;

  /** What a screen reader calls it. */
  declare label: string;
  declare placement: Placement;

  constructor() {
    super();
    this.label = "";
    this.placement = "bar";
  }

  protected override render(): TemplateResult {
    return html`<button popovertarget="panel"><slot name="opener"></slot></button>
      <div id="panel" popover role="group" aria-label=${this.label} @toggle=${this.#place}><slot></slot></div>`;
  }

  close(): void {
    this.renderRoot.querySelector<HTMLElement>("[popover]")?.hidePopover();
  }

  /** Below the opener, or above it where there is more room; always inside the window. */
  readonly #place = (event: ToggleEvent): void => {
    if (event.newState !== "open") return;
    const panel = event.currentTarget as HTMLElement;
    const { left, right, top, bottom } = this.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const { width, height } = panel.getBoundingClientRect();
    const scrolls = this.placement === "beside";
    const across = scrolls ? left : right - width;
    const x = Math.max(GAP, Math.min(across, clientWidth - width - GAP));
    const below = bottom + GAP + height <= clientHeight || top < clientHeight / 2;
    const y = below ? bottom + GAP : top - GAP - height;
    panel.style.left = `${x + (scrolls ? scrollX : 0)}px`;
    panel.style.top = `${y + (scrolls ? scrollY : 0)}px`;
  };
}

customElements.define("pal-panel", Panel);
