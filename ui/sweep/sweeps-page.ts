/** The page of all sweeps of the workspace, at `/sweeps`: what each varies, and how far it is. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { SweepSummary } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import "../look/theme-button.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import { since } from "../look/time.ts";
import { pageHeaderStyles } from "../runs/page-header-styles.ts";
import { recordsStyles } from "../runs/records-styles.ts";
import { listSweeps, sweepAddress } from "../session/sweeps.ts";
import { Looking } from "./looking.ts";
import { countsText, progressBar, progressStyles } from "./progress.ts";
import { variesText } from "./settings-text.ts";
import { sweepStyles } from "./sweep-styles.ts";

export class SweepsPage extends LitElement {
  static override properties = { sweeps: { state: true }, fault: { state: true } };
  static override styles = [controls, pageHeaderStyles, recordsStyles, progressStyles, sweepStyles];

  declare sweeps: readonly SweepSummary[] | undefined;
  declare fault: string | undefined;

  constructor() {
    super();
    new Looking(this, () => this.#load());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Sweeps · Palimpsest";
  }

  protected override render(): TemplateResult {
    const { sweeps } = this;
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <h1 class="place">sweeps</h1>
        <a href="/runs" data-link-to="runs">Runs</a>
        <a href="/records" data-link-to="records">Records</a>
        <pal-theme-button></pal-theme-button>
      </header>
      <main aria-busy=${sweeps === undefined}>
        <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
        ${
          sweeps?.length === 0
            ? html`<p class="muted">No sweeps yet. Sweep in a notebook, or palimpsest sweep, runs a notebook with many settings and seeds.</p>`
            : html`<div class="scroll"><table>
                <thead><tr><th scope="col">sweep</th><th scope="col">notebook</th><th scope="col">entries</th><th scope="col">where</th><th scope="col">started</th></tr></thead>
                <tbody>${repeat(sweeps ?? [], ({ key }) => key, row)}</tbody>
              </table></div>`
        }
      </main>`;
  }

  async #load(): Promise<"active" | "quiet"> {
    try {
      this.sweeps = await listSweeps();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
    return this.sweeps?.some(({ active }) => active === "yes") ? "active" : "quiet";
  }
}

function row(sweep: SweepSummary): TemplateResult {
  const { key, notebook, counts, on, started, active } = sweep;
  return html`<tr data-sweep=${key}>
    <td class="text"><a href=${sweepAddress(key)}>${variesText(sweep)}</a></td>
    <td class="text"><a class="plain" href=${notebookAddress(notebook)}>${notebook}</a></td>
    <td class="progress">${progressBar(counts)}<span class="muted">${countsText(counts)}${active === "yes" ? " · running" : ""}</span></td>
    <td>${on === "slurm" ? "Slurm" : "this machine"}</td>
    <td class="nowrap">${since(started, Date.now())}</td>
  </tr>`;
}

customElements.define("pal-sweeps", SweepsPage);
