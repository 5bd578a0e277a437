/** The results of a code cell, below its code: errors, inputs, outputs and console. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { CellState } from "../../server/state/state.ts";
import "../input/input-view.ts";
import { controls } from "../look/controls.ts";
import { consoleOf, outputOf, outputStyles } from "../output/output.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { errorStyles, errorsOf } from "./errors.ts";
import { isGrid } from "./layout.ts";

export class Results extends LitElement {
  static override properties = { cell: { attribute: false } };
  static override styles = [
    controls,
    outputStyles,
    errorStyles,
    css`
      :host {
        display: block;
      }
      .results {
        display: flow-root;
        container-type: inline-size;
        padding-top: 0.25rem;
      }
      .results > * {
        margin-bottom: 0.875rem;
      }
      .results > :last-child {
        margin-bottom: 0.25rem;
      }
      .inputs {
        display: grid;
        grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
        gap: 0.375rem 1.25rem;
      }
      .inputs pal-input {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
      }
      .outputs {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.875rem 1.75rem;
        align-items: start;
      }
      @container (min-width: 56rem) {
        .inputs.grid {
          grid-template-columns: repeat(2, minmax(7rem, max-content) minmax(0, 1fr));
        }
        .inputs.grid pal-input {
          grid-column: span 2;
        }
      }
      @container (min-width: 44rem) {
        .outputs.grid {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .outputs.grid > :only-child {
          grid-column: 1 / -1;
        }
      }
      .output {
        position: relative;
      }
      .stale::before {
        content: "";
        position: absolute;
        inset: 0 auto 0 -0.625rem;
        border-left: 2px dashed var(--warn);
      }
    `,
  ];

  declare cell: CellState;
  readonly #session = new SessionConsumer(this);

  protected override render(): TemplateResult {
    const { cell, inputs, outputs, stale } = this.cell;
    const grid = isGrid(cell);
    return html`<div class="results">
      ${errorsOf(this.cell, this.#session.value)}
      ${
        inputs.length > 0
          ? html`<div class=${grid ? "inputs grid" : "inputs"}>
              ${repeat(
                inputs,
                (each) => each.name,
                (each) => html`<pal-input data-input=${each.name} .cell=${cell.id} .input=${each}></pal-input>`,
              )}
            </div>`
          : nothing
      }
      ${
        outputs.length > 0
          ? html`<div class=${grid ? "outputs grid" : "outputs"}>
              ${outputs.map((each) => html`<div class=${stale ? "output stale" : "output"} data-output=${each.kind}>${outputOf(each, grid ? "compact" : "regular")}</div>`)}
            </div>`
          : nothing
      }
      ${consoleOf(this.cell.console)}
    </div>`;
  }

  /** A new generation starts without outputs. The cell keeps the height of the last one until it is done, so that the page does not jump. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("cell");
    const box = this.renderRoot?.querySelector<HTMLElement>(".results");
    if (!box || !before) return;
    const isBusy = this.cell.status === "running" || this.cell.status === "queued";
    if (isBusy && box.style.minHeight === "") box.style.minHeight = `${box.getBoundingClientRect().height}px`;
    if (!isBusy && box.style.minHeight !== "") box.style.minHeight = "";
  }
}

customElements.define("pal-results", Results);
