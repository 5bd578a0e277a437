/**
 * The comparison of up to ten experiments, at `/runs/compare`: the settings that differ, overlaid curves, and final measures against
 * a baseline. The address holds what is compared and how, so a comparison can be linked.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { RunTables } from "../../server/runs/api.ts";
import { type ComparedMeasure, comparedMeasures, type Directions } from "../../server/runs/comparison.ts";
import { type Axis, axes, axisOf, curvePoints, turns } from "../../server/runs/curves.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { controls } from "../look/controls.ts";
import "../look/theme-button.ts";
import { palette } from "../look/tokens.ts";
import { comparePageStyles } from "./compare-page-styles.ts";
import { comparedRuns } from "./compared-runs.ts";
import { comparedTableStyles } from "./compared-table-styles.ts";
import { measuresTable, NEXT } from "./measures-table.ts";
import { pageHeaderStyles } from "./page-header-styles.ts";
import type { Chart, Line } from "./run-curves.ts";
import "./run-curves.ts";
import "./samples.ts";
import { settingsDifference } from "./settings-difference.ts";

const DIRECTIONS_KEY = "palimpsest-directions";
const UNITS: Readonly<Record<Axis, string>> = { step: "step", tokens: "tokens (steps × mean length)", time: "seconds" };
/** Measures that say little side by side. */
const NOT_DRAWN = new Set(["tokensPerSecond", "learningRate", "gradNorm"]);
const MOST_CHARTS = 8;

type Options = {
  readonly baseline: number;
  readonly x: Axis;
  readonly scale: "linear" | "log";
  readonly smoothing: number;
};

export class ComparePage extends LitElement {
  static override properties = {
    experiments: { state: true },
    tables: { state: true },
    missing: { state: true },
    options: { state: true },
    directions: { state: true },
    fault: { state: true },
  };
  static override styles = [controls, pageHeaderStyles, comparedTableStyles, comparePageStyles];

  declare experiments: readonly (readonly RunSummary[])[] | undefined;
  declare tables: ReadonlyMap<string, RunTables>;
  /** What the address names and does not exist. */
  declare missing: readonly string[];
  declare options: Options;
  declare directions: Directions;
  declare fault: string | undefined;

  constructor() {
    super();
    const query = new URLSearchParams(location.search);
    this.tables = new Map();
    this.missing = [];
    this.options = {
      baseline: Number(query.get("baseline")) || 0,
      x: axes.find((each) => each === query.get("x")) ?? "step",
      scale: query.get("scale") === "log" ? "log" : "linear",
      smoothing: Math.min(0.99, Math.max(0, Number(query.get("smoothing")) || 0)),
    };
    this.directions = JSON.parse(localStorage.getItem(DIRECTIONS_KEY) ?? "{}");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Comparison · Palimpsest";
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const { experiments, tables, missing } = await comparedRuns(location.search);
      [this.experiments, this.tables, this.missing] = [experiments, tables, missing];
      // A deleted baseline cannot be compared with.
      const { baseline } = this.options;
      if (!experiments[baseline]?.length) {
        const first = experiments.findIndex((runs) => runs.length > 0);
        this.options = { ...this.options, baseline: Math.max(0, first) };
      }
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }

  protected override render(): TemplateResult {
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <h1 class="place"><a href="/runs">runs</a> / comparison</h1>
        <pal-theme-button></pal-theme-button>
      </header>
      <main aria-busy=${this.experiments === undefined && this.fault === undefined}>${this.#body()}</main>`;
  }

  #body(): TemplateResult {
    const { experiments, fault, options } = this;
    if (fault !== undefined) return html`<p role="alert" class="fault">${fault}</p>`;
    if (!experiments) return html`<p class="hint">Reading the runs…</p>`;
    if (experiments.length === 0)
      return html`<p class="hint">Nothing is selected. Choose runs in <a href="/runs">the list</a> and press Compare.</p>`;
    if (experiments.every((runs) => runs.length === 0))
      return html`${missingRuns(this.missing)}<p class="hint">Nothing of this comparison is in the workspace. Choose runs in <a href="/runs">the list</a>.</p>`;
    const measures = comparedMeasures(experiments, options.baseline, this.directions);
    return html`${missingRuns(this.missing)}<section aria-label="Settings that differ">
        <h2>What differs</h2>
        ${settingsDifference(this.#heads("setting"), experiments, options.baseline)}
      </section>
      <section aria-label="Curves">
        <h2>Curves</h2>
        ${this.#tools()}
        <div class="charts">
          ${this.#charts(measures).map((chart) => html`<pal-run-curves data-chart=${chart.label} .chart=${chart}></pal-run-curves>`)}
        </div>
      </section>
      <section aria-label="Final measures">
        <h2>Final measures</h2>
        ${measuresTable(this.#heads("measure"), measures, this.#turn)}
        ${unfinished(experiments)}
        <p class="hint">Differences are against the baseline. Each seed is compared with the same seed; the interval is Student's t over these pairs, and “inside the noise” means that it contains zero. A seed that failed or lacks the measure has no pair, and the experiment without it is not called better.</p>
      </section>
      <section aria-label="Samples">
        <h2>Samples</h2>
        <pal-samples .experiments=${experiments} .baseline=${options.baseline} .names=${experiments.map(nameOf)}></pal-samples>
      </section>`;
  }

  #heads(label: string): TemplateResult {
    const { baseline } = this.options;
    return html`<tr>
      <th scope="col">${label}</th>
      ${this.experiments?.map(
        (runs, at) => html`<th scope="col" title=${runs.map(({ id }) => id).join("\n")}>
          <span class="key" style="background: ${colorOf(at)}"></span>${nameOf(runs, at)}
          <br />${
            at === baseline
              ? html`<small>baseline</small>`
              : html`<button class="link" @click=${() => this.#set({ baseline: at })}>make baseline</button>`
          }
        </th>`,
      )}
    </tr>`;
  }

  #tools(): TemplateResult {
    const { x, scale, smoothing } = this.options;
    return html`<div class="tools">
      <label>x axis
        <select name="x" @change=${(event: Event) => this.#set({ x: (event.target as HTMLSelectElement).value as Axis })}>
          ${axes.map((each) => html`<option ?selected=${each === x}>${each}</option>`)}
        </select>
      </label>
      <label><input type="checkbox" name="log" .checked=${scale === "log"} @change=${(event: Event) => this.#set({ scale: (event.target as HTMLInputElement).checked ? "log" : "linear" })} /> logarithmic y axis</label>
      <label>smoothing <input type="range" name="smoothing" min="0" max="0.98" step="0.02" .value=${String(smoothing)} @input=${(event: Event) => this.#set({ smoothing: Number((event.target as HTMLInputElement).value) })} /> ${smoothing.toFixed(2)}</label>
    </div>`;
  }

  #charts(measures: readonly ComparedMeasure[]): readonly Chart[] {
    const { x, scale } = this.options;
    return measures
      .filter(({ name }) => !NOT_DRAWN.has(name))
      .slice(0, MOST_CHARTS)
      .map(({ table, name }) => ({ label: name, x: UNITS[x], scale, lines: this.#lines(table, name) }));
  }

  #lines(table: "losses" | "probes", name: string): readonly Line[] {
    const { x, smoothing } = this.options;
    return (this.experiments ?? []).flatMap((runs, at) =>
      runs.flatMap((run): Line[] => {
        const tables = this.tables.get(run.key);
        const place = tables && axisOf(x, run, tables.rows);
        if (!place) return [];
        const rows = table === "losses" ? tables.rows : tables.probes;
        // Probes are few and far between: smoothing would only shift them.
        const points = curvePoints(rows, name, place, table === "losses" ? smoothing : 0);
        const label = runs.length > 1 ? `${nameOf(runs, at)}, seed ${run.seed}` : nameOf(runs, at);
        return [
          {
            name: label,
            color: colorOf(at),
            stroke: at < palette.length ? "solid" : "dashed",
            points,
            turns: turns(tables, place),
          },
        ];
      }),
    );
  }

  readonly #turn = ({ table, name, direction }: ComparedMeasure): void => {
    this.directions = { ...this.directions, [`${table}.${name}`]: NEXT[direction] };
    localStorage.setItem(DIRECTIONS_KEY, JSON.stringify(this.directions));
  };

  #set(change: Partial<Options>): void {
    this.options = { ...this.options, ...change };
    const query = new URLSearchParams(location.search);
    const { baseline, x, scale, smoothing } = this.options;
    query.set("baseline", String(baseline));
    query.set("x", x);
    query.set("scale", scale);
    query.set("smoothing", String(smoothing));
    history.replaceState(null, "", `/runs/compare?${query}`);
  }
}

function missingRuns(missing: readonly string[]): TemplateResult | typeof nothing {
  if (missing.length === 0) return nothing;
  return html`<p role="status" data-missing>Not in the workspace any more, and left out: ${missing.join("; ")}.</p>`;
}

/** Values of the middle of a training look like final ones in the table. */
function unfinished(experiments: readonly (readonly RunSummary[])[]): TemplateResult | typeof nothing {
  const cut = experiments.flatMap((runs, at) =>
    runs.flatMap((run) =>
      run.step < run.steps
        ? [`${nameOf(runs, at)}, seed ${run.seed} (${run.status} at step ${run.step} of ${run.steps})`]
        : [],
    ),
  );
  if (cut.length === 0) return nothing;
  return html`<p class="hint" data-unfinished>These runs are not at their last step, and their latest values are compared: ${cut.join("; ")}.</p>`;
}

function colorOf(at: number): string {
  return palette[at % palette.length]!;
}

function nameOf(runs: readonly RunSummary[], at: number): string {
  const [first] = runs;
  if (!first) return `${at + 1}: deleted`;
  return `${at + 1}: ${first.method}${runs.length > 1 ? `, ${runs.length} seeds` : ""}`;
}

customElements.define("pal-compare", ComparePage);
