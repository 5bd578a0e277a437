/** The gap between two cells, with buttons that insert a new one. Its height is constant; the buttons appear on hover or focus. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { Cell } from "../../server/notebook/types.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";

export class InsertBar extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 0.25rem;
        height: 1.25rem;
        padding-left: calc(var(--gutter) + 1rem);
        opacity: 0;
        transition: opacity 0.12s;
      }
      :host(:hover),
      :host(:focus-within),
      :host([always]) {
        opacity: 1;
      }
      :host([always]) {
        height: 3rem;
      }
      button {
        min-height: 1.25rem;
      }
      @media (hover: none) {
        :host {
          opacity: 1;
        }
      }
      @media (max-width: 56rem) {
        :host {
          padding-left: 0;
        }
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`${this.#button("code", "Code")}${this.#button("markdown", "Text")}`;
  }

  #button(kind: Cell["kind"], name: string): TemplateResult {
    const add = (): boolean => this.dispatchEvent(new CustomEvent<Cell["kind"]>("add", { detail: kind }));
    return html`<button class="quiet" data-action="add-${kind}" aria-label="Add a ${name.toLowerCase()} cell here" @click=${add}>${icon("plus")} ${name}</button>`;
  }
}

customElements.define("pal-insert", InsertBar);
