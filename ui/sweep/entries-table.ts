/** The entries of a sweep: settings, seed, state, log, record, and a button that runs one again. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ListedEntry, SweepDetails } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import { recordsStyles } from "../runs/records-styles.ts";
import { recordAddress } from "../session/records.ts";
import { progressStyles, STATUSES, type Status } from "./progress.ts";
import { settingText, shortened } from "./settings-text.ts";
import { heading, sortStyles } from "./sort-heading.ts";
import { type Cell, nextSort, type Sort, sorted } from "./sorting.ts";
import { sweepStyles } from "./sweep-styles.ts";

/** Rows that are shown at first, and with each further click. */
const SHOWN = 200;

export class EntriesTable extends LitElement {
  static override properties = {
    sweep: { attribute: false },
    status: { state: true },
    sort: { state: true },
    shown: { state: true },
  };
  static override styles = [controls, recordsStyles, progressStyles, sweepStyles, sortStyles];

  declare sweep: SweepDetails;
  /** Only entries in this state. */
  declare status: Status | "all";
  declare sort: Sort;
  declare shown: number;

  constructor() {
    super();
    this.status = "all";
    this.shown = SHOWN;
  }

  protected override render(): TemplateResult {
    const { entries, inputs } = this.sweep;
    const names = inputs.map(({ name }) => name);
    const column = (label: string, kind: "text" | "number"): TemplateResult =>
      heading(label, kind, this.sort, (next) => {
        this.sort = nextSort(this.sort, next);
      });
    const chosen = entries.filter(({ status }) => this.status === "all" || status === this.status);
    const rows = sorted(chosen, this.sort, cellOf).slice(0, this.shown);
    return html`${this.#filters()}
      <div class="scroll"><table aria-label="Entries">
        <thead><tr>${names.map((name) => column(name, "number"))} ${column("seed", "number")} ${column("state", "text")} <th scope="col"><span class="unseen">actions</span></th></tr></thead>
        <tbody>${repeat(
          rows,
          ({ id }) => id,
          (entry) => this.#row(entry, names),
        )}</tbody>
      </table></div>
      ${
        chosen.length > rows.length
          ? html`<button data-action="more" @click=${() => {
              this.shown += SHOWN;
            }}>Show more of ${chosen.length} entries</button>`
          : nothing
      }`;
  }

  #filters(): TemplateResult {
    const { counts, entries } = this.sweep;
    const button = (status: Status | "all", count: number): TemplateResult => html`<button
      data-state=${status}
      aria-pressed=${this.status === status}
      @click=${() => {
        this.status = status;
      }}
    >${status} ${count}</button>`;
    const present = STATUSES.filter((status) => counts[status] > 0);
    return html`<div class="filters" role="group" aria-label="Entries by state">
      ${button("all", entries.length)} ${present.map((status) => button(status, counts[status]))}
    </div>`;
  }

  #row(entry: ListedEntry, names: readonly string[]): TemplateResult {
    const { id, settings, seed, status, record } = entry;
    const name = [...names.map((each) => `${each} ${settingText(settings[each])}`), `seed ${seed}`].join(", ");
    return html`<tr data-entry=${id} data-status=${status}>
      ${names.map((each) => html`<td class="number" title=${settingText(settings[each])}>${shortened(settingText(settings[each]))}</td>`)}
      <td class="number">${seed}</td>
      <td><span class="status ${status}">${status}</span></td>
      <td class="actions">
        <button class="quiet" data-action="log" ?disabled=${status === "missing"} aria-label="Log of ${name}" @click=${() => this.#ask("log", entry, name)}>Log</button>
        ${
          this.sweep.active === "yes" || status === "missing"
            ? nothing
            : html`<button class="quiet" data-action="again" aria-label="Run ${name} again" title="Runs this entry again, and what else is not done" @click=${() => this.#ask("again", entry, name)}>Run again</button>`
        }
        ${record === undefined ? nothing : html`<a href=${recordAddress(record)} data-link-to="record" aria-label="Record of ${name}">Record</a>`}
      </td>
    </tr>`;
  }

  #ask(what: "log" | "again", entry: ListedEntry, name: string): void {
    this.dispatchEvent(new CustomEvent(`entry-${what}`, { detail: { entry, name } }));
  }
}

function cellOf({ settings, seed, status }: ListedEntry, column: string): Cell {
  if (column === "seed") return seed;
  if (column === "state") return status;
  const setting = settings[column];
  return typeof setting === "number" ? setting : settingText(setting);
}

customElements.define("pal-sweep-entries", EntriesTable);
