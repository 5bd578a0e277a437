/**
 * A word or number that opens a panel with all there is to know about it. The panel lies above the page and moves nothing;
 * a click elsewhere or Escape closes it. In a bar that stays in sight the panel stays with it, beside a cell it scrolls along.
 */
import { css, html, LitElement, type TemplateResult } from "lit";

/** Pixels that a panel keeps from the edges of the window and from what opens it. */
const GAP = 6;

export class Panel extends LitElement {
  static override properties = { label: {}, along: { type: Boolean, reflect: true } };
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
    :host([along]) button {
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
    :host([along]) [popover] {
      position: absolute;
      width: min(19rem, calc(100vw - 2rem));
    }
  `;

  /** What a screen reader calls it. */
  declare label: string;
  /** Scrolls with the page. */
  declare along: boolean;

  constructor() {
    super();
    this.label = "";
    this.along = false;
  }

  protected override render(): TemplateResult {
    return html`<button popovertarget="panel"><slot name="opener"></slot></button>
      <div id="panel" popover role="group" aria-label=${this.label} @toggle=${this.#place}><slot></slot></div>`;
  }

  close(): void {
    this.renderRoot.querySelector<HTMLElement>("[popover]")?.hidePopover();
  }

  /** Under what opens it, or above where there is more room; within the window. */
  readonly #place = (event: ToggleEvent): void => {
    if (event.newState !== "open") return;
    const panel = event.currentTarget as HTMLElement;
    const { left, right, top, bottom } = this.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const { width, height } = panel.getBoundingClientRect();
    const across = this.along ? left : right - width;
    const x = Math.max(GAP, Math.min(across, clientWidth - width - GAP));
    const below = bottom + GAP + height <= clientHeight || top < clientHeight / 2;
    const y = below ? bottom + GAP : top - GAP - height;
    panel.style.left = `${x + (this.along ? scrollX : 0)}px`;
    panel.style.top = `${y + (this.along ? scrollY : 0)}px`;
  };
}

customElements.define("pal-panel", Panel);
