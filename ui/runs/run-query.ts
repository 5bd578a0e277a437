/** A question in SQL over the tables of all runs, with its answer as a table and as a chart. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { QueryResult } from "../../server/runs/api.ts";
import { controls } from "../look/controls.ts";
import { palette } from "../look/tokens.ts";
import { valueText } from "./columns.ts";
import { panelStyles } from "./panel-styles.ts";
import { queryRuns } from "./requests.ts";
import type { Chart } from "./run-curves.ts";
import "./run-curves.ts";

const EXAMPLE = `select method, rows.step, avg(loss) as loss
from rows join runs using (run)
where rows.step % 10 = 0
group by all order by all`;
const MOST_SHOWN = 200;
const SERIES = 12;

export class RunQuery extends LitElement {
  static override properties = {
    result: { state: true },
    fault: { state: true },
    busy: { state: true },
    axes: { state: true },
  };
  static override styles = [
    controls,
    panelStyles,
    css`
      textarea {
        display: block;
        width: 100%;
        font-family: var(--mono);
      }
      .answer {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
        gap: 1rem;
      }
      .wide {
        overflow: auto;
        max-height: 20rem;
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.125rem 0.75rem 0.125rem 0;
        border-bottom: 1px solid var(--hairline);
        text-align: left;
        white-space: nowrap;
      }
      p {
        margin: 0.25rem 0;
        color: var(--muted);
      }
      .key {
        margin-right: 0.75rem;
      }
      .key i {
        display: inline-block;
        width: 0.75rem;
        height: 0.1875rem;
        vertical-align: middle;
      }
    `,
  ];

  declare result: QueryResult | undefined;
  declare fault: string | undefined;
  declare busy: boolean;
  /** The columns that the chart draws; the first of each kind by default. */
  declare axes: { readonly x?: string; readonly y?: string; readonly series?: string };

  constructor() {
    super();
    this.busy = false;
    this.axes = {};
  }

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#ask}>
        <p>Tables: <code>runs</code> (settings by name, <code>final_…</code> measures), <code>rows</code>, <code>probes</code> and <code>changes</code>; <code>run</code> joins them. DuckDB's SQL, without files and network.</p>
        <textarea name="sql" rows="4" spellcheck="false" aria-label="SQL" @keydown=${this.#pressed}>${EXAMPLE}</textarea>
        <div class="tools">
          <button class="primary" type="submit" ?disabled=${this.busy} title="Control+Enter">${this.busy ? "Running…" : "Run query"}</button>
          ${this.result ? this.#selects(this.result) : nothing}
        </div>
      </form>
      <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
      ${this.result ? this.#answer(this.result) : nothing}`;
  }

  #answer(result: QueryResult): TemplateResult {
    const { columns, rows, isComplete } = result;
    const chart = chartOf(result, this.axes);
    const count = `${rows.length} rows${isComplete ? "" : ", and more that are not shown"}`;
    return html`<p>${count}${rows.length > MOST_SHOWN ? `; the table has the first ${MOST_SHOWN}` : ""}</p>
      <div class="answer">
        <div class="wide">
          <table>
            <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${rows.slice(0, MOST_SHOWN).map((row) => html`<tr>${row.map((value) => html`<td>${valueText(value)}</td>`)}</tr>`)}</tbody>
          </table>
        </div>
        ${
          chart
            ? html`<div>
                <pal-run-curves data-chart=${chart.label} .chart=${chart}></pal-run-curves>
                <p>${chart.lines.map(({ name, color }) => html`<span class="key"><i style="background: ${color}"></i> ${name}</span> `)}</p>
              </div>`
            : nothing
        }
      </div>`;
  }

  #selects(result: QueryResult): TemplateResult {
    const chosen = axesOf(result, this.axes);
    if (!chosen) return html``;
    const select = (name: "x" | "y" | "series", options: readonly string[]): TemplateResult => html`<label>
      ${name} <select @change=${(event: Event) => {
        this.axes = { ...this.axes, [name]: (event.target as HTMLSelectElement).value };
      }}>${options.map((each) => html`<option ?selected=${each === chosen[name]}>${each}</option>`)}</select>
    </label>`;
    const numbers = numericColumns(result);
    return html`${select("x", numbers)} ${select("y", numbers)} ${select("series", ["none", ...result.columns])}`;
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#ask(event);
  };

  readonly #ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.busy = true;
    try {
      this.result = await queryRuns(this.renderRoot.querySelector<HTMLTextAreaElement>("[name=sql]")!.value);
      this.fault = undefined;
      this.axes = {};
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
    this.busy = false;
  };
}

type Axes = { readonly x: string; readonly y: string; readonly series: string };

function numericColumns({ columns, rows }: QueryResult): readonly string[] {
  return columns.filter((_, at) => rows.some((row) => typeof row[at] === "number"));
}

/** @returns undefined if there are no two columns of numbers */
function axesOf(result: QueryResult, chosen: Partial<Axes>): Axes | undefined {
  const numbers = numericColumns(result);
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return undefined;
  const text = result.columns.find((name) => !numbers.includes(name));
  return { x: chosen.x ?? first, y: chosen.y ?? second, series: chosen.series ?? text ?? "none" };
}

function chartOf(result: QueryResult, chosen: Partial<Axes>): Chart | undefined {
  const axes = axesOf(result, chosen);
  if (!axes) return undefined;
  const [x, y, series] = [axes.x, axes.y, axes.series].map((name) => result.columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  const lines = new Map<string, { x: number; y: number }[]>();
  for (const row of result.rows) {
    const [left, right] = [row[x], row[y]];
    if (typeof left !== "number" || typeof right !== "number") continue;
    const name = series < 0 ? axes.y : valueText(row[series]);
    lines.set(name, [...(lines.get(name) ?? []), { x: left, y: right }]);
  }
  const drawn = [...lines].slice(0, SERIES).map(([name, points], at) => ({
    name,
    color: palette[at % palette.length]!,
    stroke: at < palette.length ? ("solid" as const) : ("dashed" as const),
    points: points.sort((a, b) => a.x - b.x),
    turns: [],
  }));
  return { label: axes.y, x: axes.x, scale: "linear", lines: drawn };
}

customElements.define("pal-run-query", RunQuery);
