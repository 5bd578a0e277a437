/** A chart of a sweep, drawn again when its data or its width change. */
import { html, LitElement, type TemplateResult } from "lit";
import { Width } from "../look/width.ts";
import type { Drawing } from "../plot/drawing.ts";
import { figureOf } from "../plot/figure.ts";
import { plotStyles } from "../plot/plot-styles.ts";

export class SweepChart extends LitElement {
  static override properties = { draw: { attribute: false } };
  static override styles = plotStyles;

  /** The chart for a width. A new function means that the data have changed. */
  declare draw: (width: number) => Drawing;
  readonly #width = new Width(this);

  protected override render(): TemplateResult {
    return html`<div class="box"><div class="holder"></div></div>`;
  }

  protected override updated(): void {
    if (this.#width.now === 0) return;
    const drawn = this.draw(this.#width.now);
    this.renderRoot.querySelector(".holder")?.replaceChildren(figureOf(drawn));
    this.dataset.points = drawn.marks.map(({ total }) => total).join(" ");
  }
}

customElements.define("pal-sweep-chart", SweepChart);
