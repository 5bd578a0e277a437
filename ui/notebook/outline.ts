/** Where one is in a long notebook, and which cell is at work: headings and cells, beside the column on wide screens. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { goTo } from "../cell/cell-link.ts";
import { shownStatus, statusShape, statusWord } from "../cell/status.ts";
import { controls } from "../look/controls.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";

export class Outline extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    controls,
    css`
      nav {
        position: sticky;
        top: 5rem;
        max-height: calc(100vh - 7rem);
        overflow: auto;
        font-size: var(--small);
        line-height: 1.4;
        border-left: 1px solid var(--hairline);
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 0.4rem;
        width: 100%;
        padding: 0.1875rem 0.75rem;
        color: var(--muted);
        cursor: pointer;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      button > span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      button:hover,
      button.heading {
        color: var(--ink);
      }
      button.heading {
        font-weight: 600;
      }
      button.heading:not(:first-child) {
        margin-top: 0.375rem;
      }
      button:focus-visible {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .failed,
      .error {
        color: var(--danger);
      }
      :is(.running, .streaming, .kept),
      .done {
        color: var(--accent);
      }
      .blocked,
      .stopped,
      .paused,
      .stale {
        color: var(--warn);
      }
    `,
  ];

  declare session: Session;

  constructor() {
    super();
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.cells],
    );
  }

  protected override render(): TemplateResult {
    return html`<nav aria-label="Outline">
      ${this.session.state.cells.map((each) => {
        const { id, kind, source } = each.cell;
        const go = (event: Event): void => goTo(event.currentTarget!, { cell: id });
        if (kind === "code") {
          return html`<button @click=${go}>${statusShape(shownStatus(each))}<span>${id}</span><span class="unseen">, ${statusWord(each)}</span></button>`;
        }
        const heading = /^#{1,3}\s+(.+)$/m.exec(source)?.[1];
        return heading
          ? html`<button class="heading" @click=${go}><span>${heading.replace(/[*_`]/g, "")}</span></button>`
          : "";
      })}
    </nav>`;
  }
}

customElements.define("pal-outline", Outline);
