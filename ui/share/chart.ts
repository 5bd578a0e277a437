/**
 * A chart that a reader can explore: the notebook's own chart, drawn from the points in the file, with buttons that hide
 * series, zoom into a part of the x axis, show the points as a table, and save it.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { PlotSpec } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import type { ChartSize } from "../plot/drawing.ts";
import "../plot/plot.ts";
import { chartStyles } from "./chart-styles.ts";
import { canZoom, isOverTime, type Span, seriesOf, spanOf, tableOf, viewOf } from "./chart-view.ts";
import { pngOf, svgText } from "./picture.ts";
import { csvOf, saveFile } from "./save-file.ts";
import "./table.ts";

/** Pixels that the pointer moves before it counts as a zoom. */
const DRAG = 8;

type XScale = { readonly invert?: (pixels: number) => unknown };
type Panel = "none" | "data" | "zoom";

export class ShareChart extends LitElement {
  static override properties = {
    spec: { attribute: false },
    size: { attribute: false },
    name: { attribute: false },
    hiddenSeries: { state: true },
    zoom: { state: true },
    panel: { state: true },
    band: { state: true },
  };
  static override styles = [controls, chartStyles];

  declare spec: PlotSpec;
  declare size: ChartSize;
  /** Of the files that it is saved as, without an ending. */
  declare name: string;
  declare hiddenSeries: ReadonlySet<string>;
  declare zoom: Span | undefined;
  declare panel: Panel;
  /** What the pointer has marked so far, in pixels of the window. */
  declare band: { readonly from: number; readonly to: number } | undefined;
  /** What is drawn; the same object as long as nothing changes, so that the chart is not drawn again. */
  #view: PlotSpec | undefined;

  constructor() {
    super();
    this.hiddenSeries = new Set();
    this.panel = "none";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!["spec", "hiddenSeries", "zoom"].some((name) => changed.has(name))) return;
    this.#view = viewOf(this.spec, { hidden: this.hiddenSeries, ...(this.zoom && { zoom: this.zoom }) });
  }

  protected override render(): TemplateResult {
    const { band } = this;
    const zoomable = canZoom(this.spec);
    const series = seriesOf(this.spec);
    return html`<div
        class="plot"
        @pointerdown=${zoomable ? this.#begin : nothing}
        @pointermove=${zoomable ? this.#move : nothing}
        @pointerup=${zoomable ? this.#end : nothing}
        @pointercancel=${() => {
          this.band = undefined;
        }}
        @dblclick=${() => this.#zoomTo(undefined)}
      >
        <pal-plot .spec=${this.#view} .size=${this.size}></pal-plot>
        ${band ? html`<i class="band" style=${bandStyle(band, this)}></i>` : nothing}
      </div>
      <div class="tools">
        ${
          series.length > 1
            ? html`<span class="series" role="group" aria-label="Series">
                ${series.map(
                  ({ name, color }) =>
                    html`<button
                      data-series=${name}
                      aria-pressed=${!this.hiddenSeries.has(name)}
                      title=${this.hiddenSeries.has(name) ? `Show ${name}` : `Hide ${name}`}
                      @click=${() => this.#toggle(name)}
                    >
                      <i style="background: ${color}"></i>${name}
                    </button>`,
                )}
              </span>`
            : html`<span class="series">${series.map(({ name, color }) => html`<i style="background: ${color}"></i>${name}`)}</span>`
        }
        ${this.zoom ? html`<button data-action="whole" @click=${() => this.#zoomTo(undefined)}>Whole chart</button>` : nothing}
        ${zoomable ? this.#panelButton("zoom", "Zoom") : nothing} ${this.#panelButton("data", "Data")}
        <span class="files" role="group" aria-label="Save as">
          <button data-action="svg" @click=${this.#saveSvg}>SVG</button>
          <button data-action="png" @click=${this.#savePng}>PNG</button>
          <button data-action="csv" @click=${this.#saveCsv}>CSV</button>
        </span>
      </div>
      ${this.panel === "zoom" ? this.#zoomFields() : nothing}
      ${this.panel === "data" ? html`<pal-share-table .table=${tableOf(this.spec)} .name=${this.name}></pal-share-table>` : nothing}`;
  }

  #panelButton(panel: Exclude<Panel, "none">, name: string): TemplateResult {
    const open = this.panel === panel;
    const press = (): void => {
      this.panel = open ? "none" : panel;
    };
    return html`<button data-action=${panel} aria-expanded=${open} @click=${press}>${name}</button>`;
  }

  /** For those who do not drag over the chart. */
  #zoomFields(): TemplateResult {
    const [from, to] = this.zoom ?? spanOf(this.spec);
    const isTime = isOverTime(this.spec);
    const field = (at: 0 | 1, name: string, value: number): TemplateResult => {
      const change = (event: Event): void => {
        const { value: text } = event.target as HTMLInputElement;
        const number = isTime ? Date.parse(`${text}Z`) : Number(text);
        if (text === "" || Number.isNaN(number)) return;
        const next: Span = at === 0 ? [number, to] : [from, number];
        if (next[0] < next[1]) this.#zoomTo(next);
      };
      const shown = isTime ? new Date(value).toISOString().slice(0, 16) : String(value);
      return html`<label>${name} <input type=${isTime ? "datetime-local" : "number"} step="any" data-zoom=${at} .value=${shown} @change=${change} /></label>`;
    };
    return html`<div class="fields">${field(0, "x from", from)} ${field(1, "to", to)} <span>or drag over the chart</span></div>`;
  }

  #toggle(name: string): void {
    const hidden = new Set(this.hiddenSeries);
    if (!hidden.delete(name)) hidden.add(name);
    this.hiddenSeries = hidden;
  }

  #zoomTo(span: Span | undefined): void {
    this.zoom = span;
  }

  /** In the capturing phase: a chart with a tip lets no press out of it. */
  readonly #begin = {
    capture: true,
    handleEvent: (event: PointerEvent): void => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      this.band = { from: event.clientX, to: event.clientX };
    },
  };

  readonly #move = (event: PointerEvent): void => {
    if (this.band) this.band = { ...this.band, to: event.clientX };
  };

  readonly #end = (): void => {
    const { band } = this;
    this.band = undefined;
    const svg = this.#svg();
    const scale = this.#scale();
    if (!band || !svg || !scale?.invert || Math.abs(band.to - band.from) < DRAG) return;
    const box = svg.getBoundingClientRect();
    const pixels = (at: number): number => ((at - box.left) * svg.viewBox.baseVal.width) / box.width;
    const ends = [band.from, band.to].map((at) => Number(scale.invert!(pixels(at)))).sort((a, b) => a - b);
    const [low, high] = spanOf(this.spec);
    const span: Span = [Math.max(low, ends[0]!), Math.min(high, ends[1]!)];
    if (span[0] < span[1]) this.#zoomTo(span);
  };

  #figure(): Element | null | undefined {
    return this.renderRoot.querySelector("pal-plot")?.shadowRoot?.querySelector(".holder")?.firstElementChild;
  }

  #svg(): SVGSVGElement | null | undefined {
    const figure = this.#figure();
    return figure instanceof SVGSVGElement ? figure : figure?.querySelector<SVGSVGElement>(":scope > svg");
  }

  #scale(): XScale | undefined {
    return (this.#figure() as { scale?: (name: string) => XScale | undefined } | undefined)?.scale?.("x");
  }

  #text(): string | undefined {
    const svg = this.#svg();
    return svg
      ? svgText(
          svg,
          seriesOf(this.spec).filter(({ name }) => !this.hiddenSeries.has(name)),
        )
      : undefined;
  }

  readonly #saveSvg = (): void => {
    const text = this.#text();
    if (text !== undefined) saveFile(`${this.name}.svg`, text, "image/svg+xml");
  };

  readonly #savePng = async (): Promise<void> => {
    const text = this.#text();
    if (text !== undefined) saveFile(`${this.name}.png`, await pngOf(text), "image/png");
  };

  readonly #saveCsv = (): void => saveFile(`${this.name}.csv`, csvOf(tableOf(this.spec)), "text/csv");
}

function bandStyle({ from, to }: { readonly from: number; readonly to: number }, host: Element): string {
  const { left } = host.getBoundingClientRect();
  return `left: ${Math.min(from, to) - left}px; width: ${Math.abs(to - from)}px`;
}

customElements.define("pal-share-chart", ShareChart);
