/** The outline of a notebook: its headings, and its cells with their status. It is shown beside the cells on wide screens. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { firstHeading } from "../../server/notebook/source/heading.ts";
import { goTo } from "../cell/cell-link.ts";
import { shownStatus, statusShape, statusWord } from "../cell/status.ts";
import { controls } from "../look/controls.ts";
import { SessionConsumer } from "../session/session-context.ts";

export class Outline extends LitElement {
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
      :is(.running, .streaming, .cached, .done) {
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

  readonly #session = new SessionConsumer(this, ({ state }) => [state.cells]);

  protected override render(): TemplateResult {
    return html`<nav aria-label="Outline">
      ${this.#session.value.state.cells.map((each) => {
        const { id, kind, source } = each.cell;
        const go = (event: Event): void => goTo(event.currentTarget!, { cell: id });
        if (kind === "code") {
          return html`<button @click=${go}>${statusShape(shownStatus(each))}<span>${id}</span><span class="unseen">, ${statusWord(each)}</span></button>`;
        }
        const heading = firstHeading(source);
        return heading ? html`<button class="heading" @click=${go}><span>${heading.text}</span></button>` : nothing;
      })}
    </nav>`;
  }
}

customElements.define("pal-outline", Outline);
