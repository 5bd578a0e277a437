/** The results of a code cell, below its code: errors, inputs, outputs and console. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { CellState } from "../../server/state/cell-state.ts";
import "../input/input-view.ts";
import { controls } from "../look/controls.ts";
import { guardLinks } from "../look/links.ts";
import "../output/console.ts";
import { outputOf, outputStyles } from "../output/output.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { errorStyles, errorsOf } from "./errors.ts";
import { isGrid } from "./layout.ts";
import { resultStyles } from "./results-styles.ts";

export class Results extends LitElement {
  static override properties = { cell: { attribute: false } };
  static override styles = [controls, outputStyles, errorStyles, resultStyles];

  declare cell: CellState;
  readonly #session = new SessionConsumer(this);
  #height = 0;
  #reserved: number | undefined;
  readonly #observer = new ResizeObserver(([entry]) => {
    this.#height = entry?.borderBoxSize[0]?.blockSize ?? 0;
  });

  protected override render(): TemplateResult {
    const { cell, inputs, outputs, stale } = this.cell;
    const grid = isGrid(cell);
    const reserved = this.#reserved === undefined ? "" : `min-height: ${this.#reserved}px`;
    return html`<div class="results" style=${reserved}>
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
          ? html`<div class=${grid ? "outputs grid" : "outputs"} @click=${guardLinks} @auxclick=${guardLinks}>
              ${outputs.map((each) => html`<div class=${stale ? "output stale" : "output"} data-output=${each.kind}>${outputOf(each, grid ? "compact" : "regular")}</div>`)}
            </div>`
          : nothing
      }
      ${this.cell.console.length > 0 ? html`<pal-console class="console" .lines=${this.cell.console}></pal-console>` : nothing}
    </div>`;
  }

  /**
   * A new generation starts without outputs. The cell keeps the height of the last one until it is done, so that the page does
   * not jump. The height was observed before: to measure it now would lay out the page for each cell that starts.
   */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const isBusy = this.cell.status === "running" || this.cell.status === "queued";
    if (isBusy && changed.get("cell")) this.#reserved ??= this.#height;
    if (!isBusy) this.#reserved = undefined;
  }

  protected override firstUpdated(): void {
    this.#observer.observe(this.#box!);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#box) this.#observer.observe(this.#box);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  get #box(): Element | null {
    return this.renderRoot?.querySelector(".results") ?? null;
  }
}

customElements.define("pal-results", Results);
