/** The outline of a notebook: its headings, and its cells with their status. It is shown beside the cells on wide screens. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { firstHeading } from "../../server/notebook/source/heading.ts";
import { goTo } from "../cell/cell-link.ts";
import { shownStatus, statusShape, statusWord } from "../cell/status.ts";
import { controls } from "../look/controls.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { outlineStyles } from "./outline-styles.ts";

export class Outline extends LitElement {
  static override styles = [controls, outlineStyles];

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
