/** The details of a run beside the list: its note and tags, how it ended, settings and measures, and where it comes from. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { MarkOrder } from "../../server/runs/api.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { bytes, duration, figure } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { recordAddress } from "../session/records.ts";
import { valueText } from "./columns.ts";
import { exportLinks } from "./export-links.ts";
import { verdictText } from "./record-badge.ts";

export class RunDetails extends LitElement {
  static override properties = { run: { attribute: false } };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 1rem 1.25rem 2rem;
        border-left: 1px solid var(--hairline);
        background: var(--surface);
        font-size: var(--small);
      }
      header {
        display: flex;
        align-items: start;
        gap: 0.5rem;
      }
      h2 {
        flex: 1;
        margin: 0;
        font-size: var(--text);
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 1rem 0 0.25rem;
        font-size: var(--small);
        color: var(--muted);
      }
      label {
        display: grid;
        gap: 0.25rem;
        margin-top: 0.75rem;
        color: var(--muted);
      }
      label > * {
        color: var(--ink);
        width: 100%;
      }
      p {
        margin: 0.25rem 0;
        overflow-wrap: anywhere;
      }
      .fault {
        color: var(--danger);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 0.125rem 0.75rem;
        margin: 0;
      }
      dt {
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
      }
    `,
  ];

  declare run: RunSummary;

  protected override render(): TemplateResult {
    const { run } = this;
    const { id, method, status, message, note, tags, key, record, notebook, cell, turned } = run;
    return html`<header>
        <h2>${method} <small>${id}</small></h2>
        <button class="quiet icon" aria-label="Close details" title="Close" @click=${() => this.dispatchEvent(new Event("closed"))}>${icon("close")}</button>
      </header>
      <p>${status}${message ? html`: <span class="fault">${message}</span>` : nothing}</p>
      <p>Cell <code>${cell}</code> of <a href=${`/notebook/${notebook.split("/").map(encodeURIComponent).join("/")}`}>${notebook}</a></p>
      ${record ? html`<p>Record <a href=${recordAddress(record.key)}>${record.id}</a>: ${verdictText(record)}${record.verified ? `, ${record.verified.slice(0, 16).replace("T", " ")}` : ""}</p>` : nothing}
      ${turned ? html`<p>Turned: ${turned}</p>` : nothing}
      <label>Note <textarea name="note" rows="3" .value=${note} @change=${this.#changed}></textarea></label>
      <label>Tags, separated by commas <input type="text" name="tags" autocomplete="off" .value=${tags.join(", ")} @change=${this.#changed} /></label>
      <h3>Export</h3>
      <p class="links">${exportLinks([key])}</p>
      <h3>Measures</h3>
      ${definitions([...Object.entries(run.probes), ...Object.entries(run.losses)].map(([name, value]) => [name, figure(value)]))}
      <h3>Settings</h3>
      ${definitions(Object.entries(run.settings).map(([name, value]) => [name, valueText(value)]))}
      <h3>Run</h3>
      ${definitions([
        ["seed", String(run.seed)],
        ["steps", `${run.step} of ${run.steps}`],
        ["time", duration(run.seconds * 1000)],
        ["disk", bytes(run.bytes)],
        ["checkpoints", String(run.checkpoints)],
        ["folder", key],
      ])}`;
  }

  readonly #changed = (): void => {
    const value = (name: string): string => this.renderRoot.querySelector<HTMLInputElement>(`[name=${name}]`)!.value;
    const tags = value("tags")
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
    const { key, pinned } = this.run;
    const detail: MarkOrder = { run: key, note: value("note"), tags: [...new Set(tags)], pinned };
    this.dispatchEvent(new CustomEvent("marked", { detail }));
  };
}

function definitions(entries: readonly (readonly [string, string])[]): TemplateResult {
  return html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

customElements.define("pal-run-details", RunDetails);
