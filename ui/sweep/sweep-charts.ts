/** The two charts of a sweep with what can be chosen for them: the columns of the Pareto front, the knobs of the heat map. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SweepDetails } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import { recordsStyles } from "../runs/records-styles.ts";
import type { SweepView } from "../session/sweeps.ts";
import { heatDrawing, paretoDrawing } from "./charts.ts";
import "./sweep-chart.ts";
import { sweepStyles } from "./sweep-styles.ts";

type Axis = NonNullable<SweepDetails["axes"]>[number];

export class SweepCharts extends LitElement {
  static override properties = { sweep: { attribute: false }, heat: { state: true } };
  static override styles = [controls, recordsStyles, sweepStyles];

  declare sweep: SweepDetails;
  /** The method and the measure of the heat map, as its name. */
  declare heat: string | undefined;
  #pareto: ((width: number) => ReturnType<typeof paretoDrawing>) | undefined;
  #map: ((width: number) => ReturnType<typeof heatDrawing>) | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("sweep") && !changed.has("heat")) return;
    const { rows, axes, inputs } = this.sweep;
    const names = inputs.map(({ name }) => name);
    this.#pareto = axes && ((width) => paretoDrawing(rows, axes, names, width));
    const map = this.#chosenMap();
    this.#map = map && ((width) => heatDrawing(map, width));
  }

  protected override render(): TemplateResult {
    return html`<div class="charts">${this.#paretoSection()} ${this.#heatSection()}</div>`;
  }

  #paretoSection(): TemplateResult | typeof nothing {
    const { measures, axes, rows } = this.sweep;
    if (measures.length < 2 || rows.length === 0) return nothing;
    return html`<section data-chart="pareto" aria-labelledby="pareto">
      <h2 id="pareto">Pareto front</h2>
      <div class="choices">${this.#axisChoice("x", "Across", axes?.[0])} ${this.#axisChoice("y", "Up", axes?.[1])}</div>
      ${
        this.#pareto
          ? html`<pal-sweep-chart .draw=${this.#pareto}></pal-sweep-chart>
              <p class="muted">Filled: on the front. No other row is better in one of the two without being worse in the other. Lines: the range over the seeds.</p>`
          : html`<p class="muted">Choose two columns.</p>`
      }
    </section>`;
  }

  #axisChoice(axis: "x" | "y", label: string, chosen: Axis | undefined): TemplateResult {
    const { measures, axes } = this.sweep;
    const show = (column: string, better: Axis["better"]): void => {
      const own = `${better === "lower" ? "-" : ""}${column}`;
      const others = axes?.map((each) => `${each.better === "lower" ? "-" : ""}${each.column}`) ?? measures;
      const other = (axis === "x" ? others[1] : others[0]) ?? "";
      // The same column twice would be no front: the two change places.
      const swapped = other.replace(/^-/, "") === column ? (axis === "x" ? others[0] : others[1]) : other;
      this.#show(axis === "x" ? { x: own, y: swapped ?? "" } : { x: swapped ?? "", y: own });
    };
    return html`<label>${label}
        <select name=${axis} @change=${(event: Event) => show((event.target as HTMLSelectElement).value, "higher")}>
          ${chosen ? nothing : html`<option value="" selected></option>`}
          ${measures.map((name) => html`<option value=${name} .selected=${chosen?.column === name}>${name}</option>`)}
        </select>
      </label>
      ${
        chosen
          ? html`<label><input type="checkbox" name=${`${axis}-less`} .checked=${chosen.better === "lower"} @change=${() => show(chosen.column, chosen.better === "lower" ? "higher" : "lower")} /> less is better</label>`
          : nothing
      }`;
  }

  #chosenMap(): SweepDetails["heats"][number] | undefined {
    const { heats, axes } = this.sweep;
    const column = axes?.[0].column;
    return (
      heats.find((each) => mapName(each) === this.heat) ?? heats.find(({ measure }) => measure === column) ?? heats[0]
    );
  }

  #heatSection(): TemplateResult | typeof nothing {
    const { heats, inputs } = this.sweep;
    const map = this.#chosenMap();
    if (!map || !this.#map) return nothing;
    const names = inputs.map(({ name }) => name);
    const knob = (label: string, name: "down" | "across", chosen: string, other: string): TemplateResult => html`<label
      >${label}
      <select name=${name} @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        const rest = value === other ? chosen : other;
        this.#show(name === "down" ? { down: value, across: rest } : { down: rest, across: value });
      }}>
        ${names.map((each) => html`<option value=${each} .selected=${each === chosen}>${each}</option>`)}
      </select></label
    >`;
    return html`<section data-chart="heat" aria-labelledby="heat">
      <h2 id="heat">Heat map</h2>
      <div class="choices">
        <label>Shows <select name="heat" @change=${(event: Event) => {
          this.heat = (event.target as HTMLSelectElement).value;
        }}>${heats.map((each) => html`<option value=${mapName(each)} .selected=${each === map}>${mapName(each)}</option>`)}</select></label>
        ${names.length > 2 ? [knob("Down", "down", map.rows.name, map.columns.name), knob("Across", "across", map.columns.name, map.rows.name)] : nothing}
      </div>
      <pal-sweep-chart .draw=${this.#map}></pal-sweep-chart>
      <p class="muted">Means over the seeds${names.length > 2 ? " and over the values of the other inputs" : ""}.</p>
    </section>`;
  }

  #show(view: SweepView): void {
    this.dispatchEvent(new CustomEvent<SweepView>("view", { detail: view }));
  }
}

function mapName({ method, measure }: SweepDetails["heats"][number]): string {
  return `${method}: ${measure}`;
}

customElements.define("pal-sweep-charts", SweepCharts);
