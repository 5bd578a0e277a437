/** The page of all records of the workspace, at `/records`: name, note and badge of each. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { RecordSummary } from "../../server/runs/records.ts";
import { controls } from "../look/controls.ts";
import "../look/theme-button.ts";
import { since } from "../look/time.ts";
import { listRecords, recordAddress } from "../session/records.ts";
import { pageHeaderStyles } from "./page-header-styles.ts";
import { badgeStyles, recordBadge } from "./record-badge.ts";
import { recordsStyles } from "./records-styles.ts";

export class RecordsPage extends LitElement {
  static override properties = { records: { state: true }, filter: { state: true }, fault: { state: true } };
  static override styles = [controls, pageHeaderStyles, badgeStyles, recordsStyles];

  declare records: readonly RecordSummary[] | undefined;
  declare filter: string;
  declare fault: string | undefined;

  constructor() {
    super();
    this.filter = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Records · Palimpsest";
    document.addEventListener("visibilitychange", this.#load);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#load);
  }

  protected override render(): TemplateResult {
    const { records } = this;
    const shown = (records ?? []).filter((record) => matches(record, this.filter));
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <h1 class="place">records</h1>
        <a href="/runs" data-link-to="runs">Runs</a>
        <a href="/sweeps" data-link-to="sweeps">Sweeps</a>
        <pal-theme-button></pal-theme-button>
      </header>
      <main aria-busy=${records === undefined}>
        <input type="text" name="filter" autocomplete="off" spellcheck="false" aria-label="Filter" placeholder="Words of the name, the note or the notebook" size="44" @input=${(
          event: InputEvent,
        ) => {
          this.filter = (event.target as HTMLInputElement).value;
        }} />
        <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
        ${
          records && shown.length === 0
            ? html`<p class="muted">${records.length === 0 ? "No records yet. Save experiment in a notebook, or palimpsest run, makes one." : "No record matches the filter."}</p>`
            : html`<div class="scroll"><table>
                <thead><tr><th>name</th><th>note</th><th>notebook</th><th>trainings</th><th>status</th><th>saved</th><th>verified</th></tr></thead>
                <tbody>${repeat(shown, ({ key }) => key, row)}</tbody>
              </table></div>`
        }
      </main>`;
  }

  readonly #load = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      this.records = await listRecords();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  };
}

function row(record: RecordSummary): TemplateResult {
  const { key, id, name, note, notebook, runs, status, created } = record;
  return html`<tr data-record=${key}>
    <td class="text"><a href=${recordAddress(key)}>${name === "" ? id : name}</a></td>
    <td class="text">${note}</td>
    <td class="text">${notebook}</td>
    <td>${runs}</td>
    <td>${status}</td>
    <td class="nowrap">${since(Date.parse(created), Date.now())}</td>
    <td>${recordBadge(record)}</td>
  </tr>`;
}

/** All words must be there. */
function matches({ id, name, note, notebook, verdict }: RecordSummary, filter: string): boolean {
  const text = [id, name, note, notebook, verdict ?? ""].join("\n").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

customElements.define("pal-records", RecordsPage);
