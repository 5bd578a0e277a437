/** A table that a reader can sort, filter and page, and save as CSV. The table of the notebook draws the rows. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../look/controls.ts";
import "../output/table.ts";
import type { HeaderPressed, Order } from "../output/table.ts";
import type { TableData } from "./payload.ts";
import { csvOf, saveFile } from "./save-file.ts";
import { filtered, sorted } from "./table-rows.ts";

const PAGE = 50;
/** Fewer rows need no filter. */
const FEW = 6;

export class ShareTable extends LitElement {
  static override properties = {
    table: { attribute: false },
    name: { attribute: false },
    order: { state: true },
    filter: { state: true },
    page: { state: true },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem 0.5rem;
        align-items: center;
        margin-top: 0.375rem;
        font-size: var(--small);
        color: var(--muted);
      }
      input {
        width: 10rem;
      }
      .count {
        margin-right: auto;
      }
    `,
  ];

  declare table: TableData;
  /** Of the file that it is saved as, without an ending. */
  declare name: string;
  declare order: Order;
  declare filter: string;
  declare page: number;

  constructor() {
    super();
    this.order = { by: "given" };
    this.filter = "";
    this.page = 0;
  }

  protected override render(): TemplateResult {
    const { table, filter, order } = this;
    const rows = sorted(filtered(table.rows, filter), order);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    const page = Math.min(this.page, pages - 1);
    const shown = rows.slice(page * PAGE, (page + 1) * PAGE);
    return html`<pal-table .table=${{ ...table, rows: shown, total: shown.length }} .order=${order} @header-pressed=${this.#sort}></pal-table>
      <div class="tools">
        ${
          table.rows.length < FEW
            ? nothing
            : html`<input type="text" placeholder="Filter rows" aria-label="Filter rows" .value=${filter} @input=${this.#filter} />`
        }
        <span class="count" role="status">${countText(rows.length, table)}</span>
        ${
          pages > 1
            ? html`<button data-action="previous" aria-label="Previous page" ?disabled=${page === 0} @click=${() => this.#go(page - 1)}>‹</button>
                <span>${page + 1} / ${pages}</span>
                <button data-action="next" aria-label="Next page" ?disabled=${page === pages - 1} @click=${() => this.#go(page + 1)}>›</button>`
            : nothing
        }
        <button data-action="csv" title="Save the whole table as CSV" @click=${this.#save}>CSV</button>
      </div>`;
  }

  #go(page: number): void {
    this.page = page;
  }

  readonly #filter = (event: Event): void => {
    this.filter = (event.target as HTMLInputElement).value;
    this.page = 0;
  };

  /** Ascending, then descending, then as given. */
  readonly #sort = ({ column }: HeaderPressed): void => {
    const { order } = this;
    const isSame = order.by === "column" && order.column === column;
    if (!isSame) this.order = { by: "column", column, direction: "ascending" };
    else if (order.direction === "ascending") this.order = { by: "column", column, direction: "descending" };
    else this.order = { by: "given" };
    this.page = 0;
  };

  readonly #save = (): void => saveFile(`${this.name}.csv`, csvOf(this.table), "text/csv");
}

function countText(matching: number, { rows, total }: TableData): string {
  const all = total > rows.length ? `the first ${rows.length} of ${total} rows` : `${rows.length} rows`;
  return matching === rows.length ? all : `${matching} of ${all}`;
}

customElements.define("pal-share-table", ShareTable);
