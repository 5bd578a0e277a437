/** The name of a cell: a click turns it into a field to rename the cell. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import { controls } from "../look/controls.ts";
import { SessionConsumer } from "../session/session-context.ts";

export class CellName extends LitElement {
  static override properties = { cell: { attribute: false }, renaming: { state: true } };
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        min-width: 0;
      }
      .id {
        all: unset;
        cursor: text;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        border-radius: 3px;
        min-width: 0;
      }
      .id:focus-visible {
        outline: 2px solid var(--accent);
      }
      input[type="text"] {
        width: 100%;
        min-height: 1.5rem;
        padding: 0 0.25rem;
        font-size: var(--small);
      }
    `,
  ];

  declare cell: CellId;
  declare renaming: boolean;
  readonly #session = new SessionConsumer(this);

  constructor() {
    super();
    this.renaming = false;
  }

  protected override render(): TemplateResult {
    if (!this.renaming) {
      return html`<button class="id" title="Rename ${this.cell}" aria-label="Rename the cell ${this.cell}" @click=${this.#rename}>${this.cell}</button>`;
    }
    return html`<input
      type="text"
      aria-label="New name of ${this.cell}"
      .value=${this.cell}
      @keydown=${(event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "Escape") this.renaming = false;
        if (event.key === "Enter") (event.target as HTMLInputElement).blur();
      }}
      @blur=${(event: Event) => {
        const to = (event.target as HTMLInputElement).value.trim();
        if (this.renaming && to !== "" && to !== this.cell) {
          void this.#session.value.send({ type: "rename", cell: this.cell, to });
        }
        this.renaming = false;
      }}
    />`;
  }

  async #rename(): Promise<void> {
    this.renaming = true;
    await this.updateComplete;
    const field = this.renderRoot.querySelector("input");
    field?.focus();
    field?.select();
  }
}

customElements.define("pal-cell-name", CellName);
