/**
 * The page of one sweep, at `/sweeps/<key>`: how far it is, results, Pareto front and heat map, and the entries with their logs.
 * It follows the sweep while it runs. The address holds what was chosen for the charts.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { ListedEntry, SweepDetails } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import "../look/theme-button.ts";
import { since } from "../look/time.ts";
import { pageHeaderStyles } from "../runs/page-header-styles.ts";
import { recordsStyles } from "../runs/records-styles.ts";
import { cancelSweep, readSweep, runAgain, type SweepView } from "../session/sweeps.ts";
import "./entries-table.ts";
import "./entry-log.ts";
import { Looking } from "./looking.ts";
import { countsText, progressBar, progressStyles } from "./progress.ts";
import "./results-table.ts";
import { variesText } from "./settings-text.ts";
import "./sweep-charts.ts";
import { sweepStyles } from "./sweep-styles.ts";

const CHOICES = ["x", "y", "down", "across"] as const;
/** What the user has asked for and the server has not answered. */
type Order = "none" | "cancelling" | "starting";
type ShownEntry = { readonly entry: ListedEntry; readonly name: string };

export class SweepPage extends LitElement {
  static override properties = {
    key: { attribute: false },
    sweep: { state: true },
    fault: { state: true },
    order: { state: true },
    seeds: { state: true },
    log: { state: true },
  };
  static override styles = [controls, pageHeaderStyles, recordsStyles, progressStyles, sweepStyles];

  declare key: string;
  declare sweep: SweepDetails | undefined;
  declare fault: string | undefined;
  declare order: Order;
  declare seeds: "folded" | "apart";
  /** The entry whose log is shown. */
  declare log: ShownEntry | undefined;
  #view: SweepView;
  readonly #looking = new Looking(this, () => this.#load());

  constructor() {
    super();
    this.order = "none";
    this.seeds = "folded";
    const query = new URLSearchParams(location.search);
    this.#view = Object.fromEntries(CHOICES.flatMap((name) => (query.get(name) ? [[name, query.get(name)!]] : [])));
  }

  protected override render(): TemplateResult {
    const { sweep, fault } = this;
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <p class="place"><a href="/sweeps" data-link-to="sweeps">sweeps</a></p>
        <a href="/runs" data-link-to="runs">Runs</a>
        <a href="/records" data-link-to="records">Records</a>
        <pal-theme-button></pal-theme-button>
      </header>
      <main aria-busy=${sweep === undefined && fault === undefined}>
        <div role="alert">${fault ? html`<p class="fault">${fault}</p>` : nothing}</div>
        ${sweep ? this.#content(sweep) : nothing}
      </main>
      ${
        this.log
          ? html`<pal-entry-log .sweep=${this.key} .entry=${this.log.entry} .name=${this.log.name} @closed=${() => {
              this.log = undefined;
            }}></pal-entry-log>`
          : nothing
      }`;
  }

  #content(sweep: SweepDetails): TemplateResult {
    const { notebook, on, counts, rows, entries, command, started, active } = sweep;
    return html`<h1 class="title">${variesText(sweep)}</h1>
      <p class="muted"><a href=${notebookAddress(notebook)} data-link-to="notebook">${notebook}</a>, on ${on === "slurm" ? "Slurm" : "this machine"}, started ${since(started, Date.now())}</p>
      <div class="state" data-active=${active}>
        ${progressBar(counts)}
        <p role="status">${counts.done} of ${entries.length} entries done${counts.done === entries.length ? "" : `: ${countsText(counts)}`}</p>
      </div>
      ${sweep.fault ? html`<p class="fault" data-fault>${sweep.fault}</p>` : nothing}
      ${this.#buttons(sweep)}
      ${
        rows.length === 0
          ? html`<p class="muted">Results appear here when an entry is done. A notebook gives them with report.</p>`
          : html`<div class="above"><h2>Results</h2>${this.#foldButton(sweep)}</div>
              <pal-sweep-results .sweep=${sweep} .seeds=${this.seeds}></pal-sweep-results>
              <pal-sweep-charts .sweep=${sweep} @view=${(event: CustomEvent<SweepView>) => this.#show(event.detail)}></pal-sweep-charts>`
      }
      <h2>Entries</h2>
      <pal-sweep-entries
        .sweep=${sweep}
        @entry-log=${(event: CustomEvent<ShownEntry>) => {
          this.log = event.detail;
        }}
        @entry-again=${(event: CustomEvent<ShownEntry>) => this.#again(event.detail.entry)}
      ></pal-sweep-entries>
      <h2>In a terminal</h2>
      <p class="muted">Called in the workspace, this goes on with the same sweep.</p>
      <p><code>${command}</code></p>`;
  }

  #buttons({ active, counts }: SweepDetails): TemplateResult {
    const { order } = this;
    const left = counts.failed + counts.interrupted + counts.missing;
    if (active === "yes" || order === "starting")
      return html`<div class="buttons">
        <button data-action="cancel" ?disabled=${order !== "none"} title="Entries that run save checkpoints. Trainings continue from there the next time." @click=${this.#cancel}>${icon("stop")} ${order === "cancelling" ? "Cancelling…" : order === "starting" ? "Starting…" : "Cancel"}</button>
      </div>`;
    if (left === 0) return html``;
    return html`<div class="buttons">
      <button class="primary" data-action="run-left" @click=${() => this.#run([])}>${icon("run")} Run what is left (${left})</button>
    </div>`;
  }

  #foldButton({ seeds }: SweepDetails): TemplateResult | typeof nothing {
    if (seeds < 2) return nothing;
    return html`<button data-action="fold" aria-pressed=${this.seeds === "folded"} title="Show the mean over the seeds alone" @click=${() => {
      this.seeds = this.seeds === "folded" ? "apart" : "folded";
    }}>Fold seeds</button>`;
  }

  #show(view: SweepView): void {
    this.#view = { ...this.#view, ...view };
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams(this.#view)}`);
    void this.#looking.now();
  }

  async #load(): Promise<"active" | "quiet"> {
    try {
      this.sweep = await readSweep(this.key, this.#view);
      document.title = `${this.sweep.active === "yes" ? "● " : ""}${variesText(this.sweep)} · Palimpsest`;
      this.#follow(this.sweep);
      if (this.order === "none") this.fault = undefined;
    } catch (reason) {
      this.#failed(reason);
    }
    return this.sweep?.active === "yes" ? "active" : "quiet";
  }

  /** The dialog knows when its entry has ended. */
  #follow({ entries }: SweepDetails): void {
    const entry = entries.find(({ id }) => id === this.log?.entry.id);
    if (entry && this.log && entry.status !== this.log.entry.status) this.log = { ...this.log, entry };
  }

  #again(entry: ListedEntry): Promise<void> {
    return this.#run(entry.status === "done" ? [entry.id] : []);
  }

  #run(entries: readonly string[]): Promise<void> {
    return this.#ordered("starting", () => runAgain(this.key, entries));
  }

  readonly #cancel = (): Promise<void> => this.#ordered("cancelling", () => cancelSweep(this.key));

  async #ordered(order: Order, act: () => Promise<unknown>): Promise<void> {
    this.order = order;
    let failure: unknown;
    await act().catch((reason: unknown) => {
      failure = reason;
    });
    await this.#looking.now();
    this.order = "none";
    if (failure !== undefined) this.#failed(failure);
  }

  #failed(reason: unknown): void {
    this.fault = reason instanceof Error ? reason.message : String(reason);
  }
}

customElements.define("pal-sweep", SweepPage);
