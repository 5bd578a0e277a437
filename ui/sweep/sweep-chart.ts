/** A chart of a sweep, drawn again when its data or its width change. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { Drawing } from "../plot/drawing.ts";
import { figureOf } from "../plot/figure.ts";
import { plotStyles } from "../plot/plot-styles.ts";

export class SweepChart extends LitElement {
  static override properties = { draw: { attribute: false }, width: { state: true } };
  static override styles = plotStyles;

  /** The chart for a width. A new function means that the data have changed. */
  declare draw: (width: number) => Drawing;
  declare width: number;
  readonly #resizing = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0);
  });

  constructor() {
    super();
    this.width = 0;
  }

  protected override render(): TemplateResult {
    return html`<div class="box"><div class="holder"></div></div>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizing.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizing.disconnect();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.width === 0 || !(changed.has("draw") || changed.has("width"))) return;
    const drawn = this.draw(this.width);
    this.renderRoot.querySelector(".holder")?.replaceChildren(figureOf(drawn));
    this.dataset.points = drawn.marks.map(({ total }) => total).join(" ");
  }
}

customElements.define("pal-sweep-chart", SweepChart);
