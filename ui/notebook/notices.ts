/** Short messages at the corner of the page: refusals, notices of the server, and actions that can be undone. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { CellId } from "../../server/notebook/types.ts";
import { mentionStyles, withMentions } from "../cell/mentions.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import type { Notice } from "../session/session.ts";

export type NoticeWithAction = Omit<Notice, "action"> & {
  readonly action?: { readonly name: string; readonly act: () => void };
};
type Shown = NoticeWithAction & { readonly id: number };

/** Milliseconds that an `info` notice is shown. */
const INFO_SHOWN_FOR = 8000;

export class Notices extends LitElement {
  static override properties = { cells: { attribute: false }, shown: { state: true } };
  static override styles = [
    controls,
    mentionStyles,
    css`
      :host {
        position: fixed;
        right: 1rem;
        bottom: 1rem;
        z-index: 20;
        display: grid;
        gap: 0.5rem;
        width: min(26rem, calc(100vw - 2rem));
      }
      .notice {
        display: flex;
        align-items: start;
        gap: 0.75rem;
        padding: 0.5rem 0.5rem 0.5rem 0.875rem;
        line-height: 1.45;
        border: 1px solid var(--hairline);
        border-left: 3px solid var(--accent);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.12);
        font-size: var(--code);
      }
      b {
        font-weight: 600;
      }
      .warn {
        border-left-color: var(--warn);
      }
      .error {
        border-left-color: var(--danger);
      }
      p {
        flex: 1;
        margin: 0.1875rem 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** The cells that a notice may mention. */
  declare cells: readonly CellId[];
  declare shown: readonly Shown[];
  #last = 0;

  constructor() {
    super();
    this.cells = [];
    this.shown = [];
  }

  /** Errors and warnings stay until they are closed; the others disappear by themselves. */
  add(notice: NoticeWithAction): void {
    if (this.shown.some((each) => each.text === notice.text && !each.action)) return;
    const id = ++this.#last;
    this.shown = [...this.shown.slice(-3), { ...notice, id }];
    if (notice.level === "info") setTimeout(() => this.#close(id), INFO_SHOWN_FOR);
  }

  protected override render(): TemplateResult {
    return html`<div role="status" aria-live="polite" style="display: contents">
      ${repeat(
        this.shown,
        ({ id }) => id,
        ({ id, level, text, action }) => html`<div class="notice ${level}" data-notice=${level}>
          <p>${this.#text(text)}</p>
          ${
            action
              ? html`<button
                  data-action="undo"
                  @click=${() => {
                    this.#close(id);
                    action.act();
                  }}
                >
                  ${action.name}
                </button>`
              : nothing
          }
          <button class="quiet icon" aria-label="Close" @click=${() => this.#close(id)}>${icon("close")}</button>
        </div>`,
      )}
    </div>`;
  }

  /** The first sentence, which says what happened, is bold. */
  #text(text: string): TemplateResult {
    const end = text.search(/\. \p{Lu}/u) + 1;
    if (end === 0) return html`${withMentions(text, this.cells)}`;
    return html`<b>${withMentions(text.slice(0, end), this.cells)}</b>${withMentions(text.slice(end), this.cells)}`;
  }

  #close(id: number): void {
    this.shown = this.shown.filter((each) => each.id !== id);
  }
}

customElements.define("pal-notices", Notices);
