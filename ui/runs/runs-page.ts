/**
 * The page of all runs of the workspace, at `/runs`: filter, sort, fold, choose up to ten and compare them, pin, note, delete with
 * undo. The address holds the view.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type MarkOrder, MOST_COMPARED } from "../../server/runs/api.ts";
import { type Filter, readFilter } from "../../server/runs/filter.ts";
import { foldedRows, type ListRow, unfoldedRows } from "../../server/runs/fold.ts";
import { ordered } from "../../server/runs/order.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { controls } from "../look/controls.ts";
import "../look/theme-button.ts";
import { type Column, columnsOf } from "./columns.ts";
import { comparisonAddress } from "./compared-runs.ts";
import { exportLinks } from "./export-links.ts";
import "./prune-form.ts";
import { deleteRuns, markRun, restoreRuns } from "./requests.ts";
import "./run-details.ts";
import "./run-query.ts";
import { pageHeaderStyles } from "./page-header-styles.ts";
import { RunStore } from "./run-store.ts";
import { runsPageStyles } from "./runs-page-styles.ts";
import "./runs-table.ts";
import type { RunsTable, TableActions, TableRow } from "./runs-table.ts";
import { toggled, withBaseline } from "./selection.ts";
import { searchOf, type ViewState, viewOf } from "./view-state.ts";

const PANELS = { query: "SQL", export: "Export", prune: "Free disk space" } as const;
const EVERYTHING: Filter = () => true;

export class RunsPage extends LitElement {
  static override properties = {
    view: { state: true },
    selected: { state: true },
    expanded: { state: true },
    opened: { state: true },
    deleted: { state: true },
    fault: { state: true },
    loaded: { state: true },
    runs: { state: true },
    panel: { state: true },
  };
  static override styles = [controls, pageHeaderStyles, runsPageStyles];

  declare view: ViewState;
  declare selected: readonly string[];
  declare expanded: ReadonlySet<string>;
  /** The key of the run whose details are shown. */
  declare opened: string | undefined;
  /** What was deleted last and can be brought back. */
  declare deleted: readonly string[];
  declare fault: string | undefined;
  declare loaded: boolean;
  /** What is open above the list. */
  declare panel: "query" | "prune" | "export" | undefined;
  declare runs: ReadonlyMap<string, RunSummary>;
  #rows: readonly TableRow[] = [];
  #columns: readonly Column[] = [];
  #shown = 0;
  #filter: Filter = EVERYTHING;
  #filterFault: string | undefined;
  readonly #store = new RunStore(() => {
    this.runs = this.#store.runs;
  });

  constructor() {
    super();
    this.view = viewOf(location.search);
    this.selected = [];
    this.expanded = new Set();
    this.deleted = [];
    this.loaded = false;
    this.runs = new Map();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Runs · Palimpsest";
    void this.#attempt(async () => {
      await this.#store.load();
      this.loaded = true;
      this.#store.follow();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#store.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("view") && !changed.has("runs") && !changed.has("expanded")) return;
    const read = readFilter(this.view.filter);
    this.#filterFault = "fault" in read ? read.fault : undefined;
    // While a filter is being typed it may be invalid; the list stays as it was.
    if ("filter" in read) this.#filter = read.filter;
    const runs = [...this.runs.values()].filter(this.#filter);
    this.#shown = runs.length;
    this.#columns = columnsOf(runs);
    const newest = runs.sort((a, b) => b.started - a.started);
    const rows = ordered(this.view.seeds === "folded" ? foldedRows(newest) : unfoldedRows(newest), this.view.order);
    this.#rows = rows.flatMap((row): TableRow[] => [
      { ...row, place: "own" },
      ...(row.kind === "seeds" && this.expanded.has(row.key)
        ? unfoldedRows(row.runs).map((each): TableRow => ({ ...each, place: "child" }))
        : []),
    ]);
  }

  protected override render(): TemplateResult {
    const opened = this.opened === undefined ? undefined : this.runs.get(this.opened);
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <h1 class="place">runs</h1>
        ${(["query", "export", "prune"] as const).map(
          (panel) =>
            html`<button data-panel=${panel} aria-expanded=${this.panel === panel} aria-pressed=${this.panel === panel} @click=${() => {
              this.panel = this.panel === panel ? undefined : panel;
            }}>${PANELS[panel]}</button>`,
        )}
        <a class="other" href="/records" data-link-to="records">Records</a>
        <a class="other" href="/sweeps" data-link-to="sweeps">Sweeps</a>
        <pal-theme-button></pal-theme-button>
      </header>
      <div>${this.#panel()} ${this.#tools()}</div>
      <main class="body ${opened ? "open" : ""}" aria-busy=${!this.loaded}>
        <pal-runs-table .rows=${this.#rows} .columns=${this.#columns} .order=${this.view.order} .selected=${this.selected} .expanded=${this.expanded} .actions=${this.#actions}>
          ${!this.loaded ? "Reading the runs…" : this.runs.size === 0 ? "No runs yet. Each training of a notebook is a run." : "No run matches the filter."}
        </pal-runs-table>
        ${
          opened
            ? html`<pal-run-details
                .run=${opened}
                @closed=${() => {
                  this.opened = undefined;
                }}
                @marked=${(event: CustomEvent<MarkOrder>) => this.#attempt(() => markRun(event.detail))}
              ></pal-run-details>`
            : nothing
        }
      </main>`;
  }

  #panel(): TemplateResult | typeof nothing {
    switch (this.panel) {
      case "query":
        return html`<pal-run-query></pal-run-query>`;
      case "prune":
        return html`<pal-prune></pal-prune>`;
      case "export": {
        const keys = this.#selectedRows().flatMap(({ runs }) => runs.map(({ key }) => key));
        const which = keys.length === 0 ? "all runs" : `${keys.length} selected ${keys.length === 1 ? "run" : "runs"}`;
        return html`<p class="links">Download ${which}: ${exportLinks(keys)}</p>`;
      }
      case undefined:
        return nothing;
    }
  }

  #tools(): TemplateResult {
    const { filter, seeds } = this.view;
    const fault = this.#filterFault ?? this.fault;
    const count =
      this.#shown === this.runs.size ? `${this.runs.size} runs` : `${this.#shown} of ${this.runs.size} runs`;
    return html`<div class="tools">
      <input
        type="text"
        name="filter"
        autocomplete="off"
        spellcheck="false"
        aria-label="Filter"
        aria-invalid=${this.#filterFault !== undefined}
        placeholder="radis status:done loss<0.5 /rank-\\d+/ -tag:old"
        title="Words must all match. status:done, notebook:, method:, tag:, record:, is:pinned, loss<0.5, rank=16, /regular expression/; - negates."
        .value=${filter}
        @input=${(event: InputEvent) => this.#show({ filter: (event.target as HTMLInputElement).value })}
        @keydown=${this.#filterKey}
      />
      <span class="count" role="status">${this.loaded ? count : ""}</span>
      <button data-action="fold" aria-pressed=${seeds === "folded"} title="Show runs that differ in the seed alone as one row" @click=${() => this.#show({ seeds: seeds === "folded" ? "apart" : "folded" })}>Fold seeds</button>
      <button class="primary" data-action="compare" ?disabled=${this.selected.length === 0} title="Key: c. At most ${MOST_COMPARED}" @click=${this.#compare}>Compare${this.selected.length > 0 ? ` (${this.selected.length})` : ""}</button>
      <button data-action="delete" ?disabled=${this.selected.length === 0} @click=${() => this.#delete(this.#selectedRows())}>Delete</button>
      <p class="undo" role="status" ?hidden=${this.deleted.length === 0}>
        ${this.deleted.length} ${this.deleted.length === 1 ? "run" : "runs"} moved to the trash.
        <button class="link" data-action="undo" @click=${this.#undo}>Undo</button>
      </p>
      <p class="fault" role="alert" ?hidden=${fault === undefined}>${fault ?? ""}</p>
    </div>`;
  }

  readonly #actions: TableActions = {
    sort: (field) => {
      const { by, direction } = this.view.order;
      const next = by === field && direction === "descending" ? "ascending" : "descending";
      this.#show({ order: { by: field, direction: next } });
    },
    toggle: ({ key }) => {
      this.selected = toggled(this.selected, key);
    },
    pin: ({ runs }) => {
      const pinned = !runs.some((run) => run.pinned);
      void this.#attempt(() =>
        Promise.all(runs.map(({ key, note, tags }) => markRun({ run: key, note, tags, pinned }))),
      );
    },
    open: ({ runs }) => {
      this.opened = runs[0]?.key;
    },
    expand: ({ key }) => {
      const expanded = new Set(this.expanded);
      if (!expanded.delete(key)) expanded.add(key);
      this.expanded = expanded;
    },
    press: (key, row) => {
      if (key === "c") this.#compare();
      else if (key === "b" && row) this.selected = withBaseline(this.selected, row.key);
      else if (key === "u") void this.#undo();
      else if (key === "Delete" && row) void this.#delete(this.selected.length > 0 ? this.#selectedRows() : [row]);
      else if (key === "Escape") this.opened = undefined;
      else if (key === "/") this.renderRoot.querySelector<HTMLInputElement>("[name=filter]")?.focus();
      else return false;
      return true;
    },
  };

  #show(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    history.replaceState(null, "", `/runs${searchOf(this.view)}`);
  }

  readonly #filterKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    this.renderRoot.querySelector<RunsTable>("pal-runs-table")?.focus();
  };

  #selectedRows(): readonly TableRow[] {
    return this.selected.flatMap((key) => this.#rows.find((row) => row.key === key) ?? []);
  }

  readonly #compare = (): void => {
    const rows = this.selected.flatMap((key): readonly ListRow[] => {
      const [row, run] = [this.#rows.find((each) => each.key === key), this.runs.get(key)];
      return row ? [row] : run ? unfoldedRows([run]) : [];
    });
    if (rows.length > 0) location.assign(comparisonAddress(rows, this.runs.values()));
  };

  async #delete(rows: readonly TableRow[]): Promise<void> {
    const keys = [...new Set(rows.flatMap(({ runs }) => runs.map(({ key }) => key)))];
    await this.#attempt(async () => {
      await deleteRuns(keys);
      this.deleted = keys;
      this.selected = [];
      if (this.opened !== undefined && keys.includes(this.opened)) this.opened = undefined;
    });
  }

  readonly #undo = async (): Promise<void> => {
    if (this.deleted.length === 0) return;
    await this.#attempt(async () => {
      await restoreRuns(this.deleted);
      this.deleted = [];
    });
  };

  /** Does something and shows the error when it fails. */
  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }
}

customElements.define("pal-runs", RunsPage);
