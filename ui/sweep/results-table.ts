/**
 * The results of a sweep: a row for each combination of settings and each method, with mean and half range over the seeds, which
 * unfold into one row each. Rows on the Pareto front are marked.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ListedEntry, ListedRow, SweepDetails } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { recordsStyles } from "../runs/records-styles.ts";
import { measured, settingText, shortened } from "./settings-text.ts";
import { heading, sortStyles } from "./sort-heading.ts";
import { type Cell, nextSort, type Sort, sorted } from "./sorting.ts";
import { sweepStyles } from "./sweep-styles.ts";

export class ResultsTable extends LitElement {
  static override properties = {
    sweep: { attribute: false },
    seeds: { attribute: false },
    sort: { state: true },
    opened: { state: true },
  };
  static override styles = [controls, recordsStyles, sweepStyles, sortStyles];

  declare sweep: SweepDetails;
  declare seeds: "folded" | "apart";
  declare sort: Sort;
  /** The keys of the rows whose seeds are shown. */
  declare opened: ReadonlySet<string>;

  constructor() {
    super();
    this.seeds = "folded";
    this.opened = new Set();
  }

  protected override render(): TemplateResult {
    const { rows, measures, inputs } = this.sweep;
    const names = inputs.map(({ name }) => name);
    const column = (label: string, kind: "text" | "number"): TemplateResult =>
      heading(label, kind, this.sort, (next) => {
        this.sort = nextSort(this.sort, next);
      });
    return html`<div class="scroll"><table aria-label="Results">
      <thead><tr>
        ${names.map((name) => column(name, "number"))} ${column("method", "text")} ${column("N", "number")}
        ${measures.map((name) => column(name, "number"))}
      </tr></thead>
      <tbody>
        ${repeat(sorted(rows, this.sort, cellOf), keyOf, (row) => this.#rows(row, names))}
      </tbody>
    </table></div>`;
  }

  #rows(row: ListedRow, names: readonly string[]): TemplateResult {
    const { measures } = this.sweep;
    const key = keyOf(row);
    const isOpen = this.seeds === "apart" || this.opened.has(key);
    const label = `Seeds of ${[...names.map((name) => `${name} ${settingText(row.settings?.[name])}`), row.method].join(", ")}`;
    return html`<tr data-row=${key} data-place=${row.place}>
        ${names.map((name) => html`<td class="number" title=${settingText(row.settings?.[name])}>${shortened(settingText(row.settings?.[name]))}</td>`)}
        <td class="text">${row.method}${row.place === "front" ? html` <span class="front" title="On the Pareto front: no other row is better in one of the two columns without being worse in the other">front</span>` : nothing}</td>
        <td class="number">${
          canUnfold(row)
            ? html`<button class="quiet fold" data-action="unfold" aria-expanded=${isOpen} aria-label=${label} @click=${() => this.#toggle(key)}>${icon(isOpen ? "fold" : "unfold")} ${row.seeds}</button>`
            : row.seeds
        }</td>
        ${measures.map((measure) => html`<td class="number" data-measure=${measure}>${bandCell(row, measure)}</td>`)}
      </tr>
      ${isOpen && canUnfold(row) ? this.#seedRows(row, names.length) : nothing}`;
  }

  #seedRows(row: ListedRow, columns: number): readonly TemplateResult[] {
    const { measures } = this.sweep;
    return resultsOf(this.sweep.entries, row).map(
      ({ seed, result }) => html`<tr class="seed" data-seed=${seed}>
        <td colspan=${columns + 1}></td>
        <td class="number">seed ${seed}</td>
        ${measures.map((name) => html`<td class="number">${valueText(result[name])}</td>`)}
      </tr>`,
    );
  }

  #toggle(key: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(key)) opened.add(key);
    this.opened = opened;
  }
}

/** A row that is the same in all entries, such as that of the base model, has nothing to unfold. */
function canUnfold({ settings, seeds }: ListedRow): boolean {
  return settings !== undefined && seeds > 1;
}

function keyOf({ settings, method }: ListedRow): string {
  return `${JSON.stringify(settings)} ${method}`;
}

function cellOf(row: ListedRow, column: string): Cell {
  if (column === "method") return row.method;
  if (column === "N") return row.seeds;
  const setting = row.settings?.[column];
  if (setting === undefined) return row.measures[column]?.mean;
  return typeof setting === "number" ? setting : settingText(setting);
}

function bandCell({ measures, seeds }: ListedRow, measure: string): TemplateResult | string {
  const band = measures[measure];
  if (!band) return "–";
  const partial = band.seeds < seeds ? html` <small>N=${band.seeds}</small>` : nothing;
  if (band.low === band.high) return html`${measured(band.mean)}${partial}`;
  const range = `${measured(band.low)} to ${measured(band.high)} over ${band.seeds} seeds`;
  return html`<span title=${range}>${measured(band.mean)}<small> ±${measured((band.high - band.low) / 2)}</small></span>${partial}`;
}

type SeedResult = { readonly seed: number; readonly result: ListedEntry["results"][number] };

/** The results of the row's method, of each entry with the row's settings; of a numbered method, the one of that number. */
function resultsOf(entries: readonly ListedEntry[], { settings, method }: ListedRow): readonly SeedResult[] {
  const [, name = method, number = "1"] = /^(.*) \((\d+)\)$/.exec(method) ?? [];
  const own = JSON.stringify(settings);
  return entries.flatMap(({ seed, settings: each, results }) => {
    if (JSON.stringify(each) !== own) return [];
    const exact = results.find((result) => result.method === method);
    const result = exact ?? results.filter((result) => result.method === name)[Number(number) - 1];
    return result ? [{ seed, result }] : [];
  });
}

function valueText(value: number | string | null | undefined): string {
  return typeof value === "number" ? measured(value) : (value ?? "–");
}

customElements.define("pal-sweep-results", ResultsTable);
