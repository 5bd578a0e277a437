/** What a change would run and takes long: asked first, in a strip under the bar that moves nothing and can wait. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { bytes, roughly } from "../../server/state/quantity.ts";
import { cellLink } from "../cell/cell-link.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";

/** So many cells are named. */
const NAMED = 4;

export class Asks extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        top: calc(100% + 0.5rem);
        left: 0;
        right: 0;
        display: grid;
        justify-items: center;
        padding: 0 1rem;
        pointer-events: none;
      }
      .asks {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0.5rem 0.5rem 0.5rem 0.875rem;
        border: 1px solid var(--hairline);
        border-left: 3px solid var(--warn);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.12);
        font-size: var(--code);
        line-height: 1.4;
      }
      .cells {
        display: block;
        font-size: var(--small);
        color: var(--muted);
      }
      .words {
        margin-right: 0.75rem;
      }
    `,
  ];

  declare session: Session;

  constructor() {
    super();
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.pending],
    );
  }

  protected override render(): TemplateResult {
    return html`<div role="status" aria-live="polite">${this.#question()}</div>`;
  }

  #question(): TemplateResult | typeof nothing {
    const { pending } = this.session.state;
    if (!pending) return nothing;
    const { cells, seconds, bytes: held } = pending;
    const more = cells.length - NAMED;
    return html`<div class="asks" data-asks=${cells.join(" ")}>
      <span class="words">
        Running ${cells.length === 1 ? "1 cell" : `${cells.length} cells`} takes about ${roughly(seconds)}${held > 0 ? ` and ${bytes(held)}` : ""}.
        <span class="cells">
          ${cells.slice(0, NAMED).map((each, i) => html`${i > 0 ? ", " : ""}${cellLink(each)}`)}${more > 0 ? ` and ${more} more` : ""}
        </span>
      </span>
      <button class="primary" data-action="answer-run" @click=${() => this.#answer(true)}>${icon("run")} Run</button>
      <button data-action="answer-later" title="They stay stale until you run them" @click=${() => this.#answer(false)}>Not now</button>
    </div>`;
  }

  #answer(run: boolean): void {
    this.dispatchEvent(new Event("before-run", { bubbles: true, composed: true }));
    void this.session.ask({ type: "answer", run });
  }
}

customElements.define("pal-asks", Asks);
