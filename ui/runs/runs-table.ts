/**
 * The list of runs as a table. Only the rows near the window are in the page, so that thousands of runs scroll smoothly. The table
 * has the focus as a whole: arrow keys move through its rows, and letters act on the current one.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ListRow } from "../../server/runs/fold.ts";
import type { Order } from "../../server/runs/order.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import type { Column } from "./columns.ts";
import { badgeStyles } from "./record-badge.ts";
import { runsTableStyles } from "./runs-table-styles.ts";

/** In pixels; `runs-table-styles.ts` has the same. */
const ROW = 36;
const NAME_WIDTH = 300;
const NARROW_NAME_WIDTH = 190;
/** Rows that are drawn above and below the window. */
const SPARE = 8;

/** `child`: a run of folded seeds, below its row. */
export type TableRow = ListRow & { readonly place: "own" | "child" };
export type TableActions = {
  readonly sort: (field: string) => void;
  readonly toggle: (row: TableRow) => void;
  readonly pin: (row: TableRow) => void;
  readonly open: (row: TableRow) => void;
  readonly expand: (row: TableRow) => void;
  /** A key that the table does not use itself. @returns whether it was used */
  readonly press: (key: string, row: TableRow | undefined) => boolean;
};

export class RunsTable extends LitElement {
  static override properties = {
    rows: { attribute: false },
    columns: { attribute: false },
    order: { attribute: false },
    selected: { attribute: false },
    expanded: { attribute: false },
    actions: { attribute: false },
    active: { state: true },
    from: { state: true },
    count: { state: true },
  };
  static override styles = [controls, badgeStyles, runsTableStyles];

  declare rows: readonly TableRow[];
  declare columns: readonly Column[];
  declare order: Order;
  /** The keys of the selected rows; the first one is the baseline. */
  declare selected: readonly string[];
  declare expanded: ReadonlySet<string>;
  declare actions: TableActions;
  /** The key of the current row. */
  declare active: string | undefined;
  declare from: number;
  declare count: number;
  readonly #resizing = new ResizeObserver(() => this.#scrolled());

  constructor() {
    super();
    this.from = 0;
    this.count = 40;
  }

  protected override render(): TemplateResult {
    const { rows, columns } = this;
    const nameWidth = innerWidth < 640 ? NARROW_NAME_WIDTH : NAME_WIDTH;
    const template = `${nameWidth}px ${columns.map(({ width }) => `${width}px`).join(" ")}`;
    const width = nameWidth + columns.reduce((sum, each) => sum + each.width, 0);
    const shown = rows.slice(this.from, this.from + this.count);
    return html`<div
      class="scroll"
      role="grid"
      tabindex="0"
      aria-label="Runs"
      aria-rowcount=${rows.length + 1}
      aria-multiselectable="true"
      aria-activedescendant=${this.active !== undefined && shown.some(({ key }) => key === this.active) ? `row-${this.#index()}` : nothing}
      @scroll=${this.#scrolled}
      @keydown=${this.#pressed}
    >
      <div class="space" style="height: ${(rows.length + 1) * ROW}px; width: ${width}px">
        <div class="row head" role="row" aria-rowindex="1" style="grid-template-columns: ${template}; width: ${width}px">
          ${this.#heading("started", "run", "name")} ${columns.map(({ field, label, kind }) => this.#heading(field, label, kind))}
        </div>
        ${repeat(
          shown,
          ({ key }) => key,
          (row, at) => this.#row(row, this.from + at, template, width),
        )}
      </div>
      ${rows.length === 0 ? html`<p class="empty"><slot></slot></p>` : nothing}
    </div>`;
  }

  protected override firstUpdated(): void {
    this.#resizing.observe(this.#scroll());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizing.disconnect();
  }

  override focus(): void {
    this.#scroll().focus();
  }

  #heading(field: string, label: string, kind: string): TemplateResult {
    const isSorted = this.order.by === field;
    const arrow = isSorted ? (this.order.direction === "ascending" ? " ↑" : " ↓") : "";
    return html`<div class=${kind} role="columnheader" aria-sort=${isSorted ? this.order.direction : "none"}>
      <button tabindex="-1" data-sort=${field} title="Sort by ${label}" @click=${() => this.actions.sort(field)}>${label}${arrow}</button>
    </div>`;
  }

  #row(row: TableRow, index: number, template: string, width: number): TemplateResult {
    const isSelected = this.selected.includes(row.key);
    const classes = ["row", row.place, ...(row.key === this.active ? ["active"] : [])].join(" ");
    return html`<div
      id="row-${index}"
      class=${classes}
      role="row"
      data-row=${row.key}
      aria-rowindex=${index + 2}
      aria-selected=${isSelected}
      style="top: ${(index + 1) * ROW}px; grid-template-columns: ${template}; width: ${width}px"
      @click=${() => this.#clicked(row)}
    >
      ${this.#name(row, isSelected)}
      ${this.columns.map(({ kind, cell }) => html`<div class=${kind} role="gridcell">${cell(row)}</div>`)}
    </div>`;
  }

  #name(row: TableRow, isSelected: boolean): TemplateResult {
    const [first] = row.runs;
    if (!first) return html``;
    const { id, method } = first;
    // A seed that was added later has no marks of its own.
    const pinned = row.runs.some((run) => run.pinned);
    const tags = [...new Set(row.runs.flatMap((run) => run.tags))];
    const note = row.runs.find((run) => run.note !== "")?.note;
    const name = row.kind === "seeds" ? `${method}, ${row.runs.length} seeds` : method;
    const stop = (act: () => void) => (event: Event) => {
      event.stopPropagation();
      act();
    };
    return html`<div class="name" role="gridcell">
      <input type="checkbox" tabindex="-1" aria-label="Compare ${name}" .checked=${isSelected} @click=${stop(() => this.actions.toggle(row))} />
      <button tabindex="-1" data-action="pin" title=${pinned ? "Unpin" : "Pin"} aria-label="${pinned ? "Unpin" : "Pin"} ${name}" aria-pressed=${pinned} @click=${stop(() => this.actions.pin(row))}>
        ${pinned ? "★" : "☆"}
      </button>
      ${
        row.kind === "seeds"
          ? html`<button tabindex="-1" data-action="expand" aria-label="Show the seeds of ${name}" aria-expanded=${this.expanded.has(row.key)} @click=${stop(() => this.actions.expand(row))}>
              ${icon(this.expanded.has(row.key) ? "fold" : "unfold")}
            </button>`
          : nothing
      }
      <a href="#" tabindex="-1" title=${id} @click=${(event: Event) => {
        event.preventDefault();
        event.stopPropagation();
        this.active = row.key;
        this.actions.open(row);
      }}>${row.place === "child" ? `seed ${first.seed}` : name}</a>
      ${this.selected[0] === row.key ? html`<span class="baseline">baseline</span>` : nothing}
      ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
      <span class="rest" title=${note}>${note || shortId(id)}</span>
    </div>`;
  }

  #clicked(row: TableRow): void {
    this.active = row.key;
    this.focus();
  }

  #index(): number {
    return this.rows.findIndex(({ key }) => key === this.active);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#scroll().clientHeight / ROW) - 2);
    const moves: Record<string, number> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const move = moves[event.key];
    if (move !== undefined) this.#move(move);
    else if (!this.#act(event.key)) return;
    event.preventDefault();
  };

  /** @returns whether the key does something */
  #act(key: string): boolean {
    const row = this.rows[this.#index()];
    if (!row) return this.actions.press(key, undefined);
    if (key === "x" || key === " ") this.actions.toggle(row);
    else if (key === "p") this.actions.pin(row);
    else if (key === "Enter") this.actions.open(row);
    else if ((key === "ArrowRight" || key === "ArrowLeft") && row.kind === "seeds") {
      if (this.expanded.has(row.key) !== (key === "ArrowRight")) this.actions.expand(row);
    } else return this.actions.press(key, row);
    return true;
  }

  #move(by: number): void {
    const last = this.rows.length - 1;
    if (last < 0) return;
    const index = Math.max(0, Math.min(last, this.#index() + by));
    this.active = this.rows[index]!.key;
    const scroll = this.#scroll();
    const top = index * ROW;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top + 2 * ROW > scroll.scrollTop + scroll.clientHeight)
      scroll.scrollTop = top + 2 * ROW - scroll.clientHeight;
  }

  readonly #scrolled = (): void => {
    const { scrollTop, clientHeight } = this.#scroll();
    // In steps of four rows, so that most scrolling moves what is drawn already.
    this.from = Math.max(0, Math.floor(scrollTop / ROW / 4) * 4 - SPARE);
    this.count = Math.ceil(clientHeight / ROW) + 2 * SPARE + 4;
  };

  #scroll(): HTMLElement {
    return this.renderRoot.querySelector(".scroll")!;
  }
}

/** `20261129-120301-radis-ab12` → `11-29 12:03 ab12`. */
function shortId(id: string): string {
  const [, month, day, hour, minute, rest] = /^\d{4}(\d\d)(\d\d)-(\d\d)(\d\d)\d\d-.*?(\w+)$/.exec(id) ?? [];
  return month ? `${month}-${day} ${hour}:${minute} ${rest}` : id;
}

customElements.define("pal-runs-table", RunsTable);
