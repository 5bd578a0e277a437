/**
 * A table. It scrolls inside its own box, so that many rows do not lengthen the page; columns of numbers are right-aligned. A
 * long one fills its box in any case, so its rows are made only when it comes near the visible part of the page.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { NearnessController } from "../look/nearness.ts";
import { datumText, numericColumns, type TableOutput } from "./table-text.ts";

/** So many rows are higher than the box. */
const LONG = 30;

/** How the rows are sorted. A table with an order has headers that can be pressed; whoever gives the order also sorts the rows. */
export type Order =
  | { readonly by: "given" }
  | { readonly by: "column"; readonly column: number; readonly direction: "ascending" | "descending" };

/** The header of a column was pressed. */
export class HeaderPressed extends Event {
  readonly column: number;

  constructor(column: number) {
    super("header-pressed");
    this.column = column;
  }
}

export class Table extends LitElement {
  static override properties = { table: { attribute: false }, order: { attribute: false }, isNear: { state: true } };
  static override styles = css`
    :host {
      display: block;
    }
    .box {
      max-height: 26rem;
      overflow: auto;
      border: 1px solid var(--hairline);
      border-radius: var(--radius);
    }
    .waiting {
      height: 26rem;
    }
    .box:focus-visible {
      outline: 2px solid var(--accent);
    }
    table {
      border-collapse: separate;
      border-spacing: 0;
      min-width: 100%;
      font-size: var(--small);
      line-height: 1.45;
    }
    th {
      position: sticky;
      top: 0;
      background: var(--surface);
      font-weight: 600;
      white-space: nowrap;
      z-index: 1;
    }
    th button {
      all: unset;
      cursor: pointer;
    }
    th button:focus-visible {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    th[aria-sort="ascending"] button::after {
      content: " ↑";
    }
    th[aria-sort="descending"] button::after {
      content: " ↓";
    }
    th,
    td {
      padding: 0.375rem 0.75rem;
      text-align: left;
      vertical-align: top;
      border-bottom: 1px solid var(--hairline);
    }
    tr:last-child td {
      border-bottom: 0;
    }
    td {
      max-width: 24rem;
      white-space: pre-line;
      overflow-wrap: break-word;
    }
    .number {
      text-align: right;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .empty,
    .total {
      color: var(--muted);
    }
    .total {
      font-size: var(--small);
      margin: 0.25rem 0 0;
    }
  `;

  declare table: TableOutput;
  declare order: Order | undefined;
  declare isNear: boolean;

  constructor() {
    super();
    this.isNear = false;
    new NearnessController(this, (nearness) => {
      if (nearness === "near") this.isNear = true;
    });
  }

  protected override render(): TemplateResult {
    const { columns, rows, total } = this.table;
    if (!this.isNear && rows.length > LONG) return html`<div class="box waiting"></div>${moreOf(this.table)}`;
    const numeric = numericColumns(this.table);
    const alignment = (i: number): string | typeof nothing => (numeric[i] ? "number" : nothing);
    return html`<div class="box" tabindex="0" role="region" aria-label="Table of ${total} rows">
        <table>
          <thead>
            <tr>
              ${columns.map((each, i) => html`<th scope="col" class=${alignment(i)} aria-sort=${this.#sortOf(i)}>${this.#header(each, i)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) => html`<tr>
                ${columns.map((_, i) => html`<td class=${alignment(i)}>${datumText(row[i]) ?? html`<span class="empty" aria-label="no value">–</span>`}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${moreOf(this.table)}`;
  }

  #header(name: string, column: number): TemplateResult | string {
    if (!this.order) return name;
    return html`<button @click=${() => this.dispatchEvent(new HeaderPressed(column))}>${name}</button>`;
  }

  #sortOf(column: number): string | typeof nothing {
    const { order } = this;
    return order?.by === "column" && order.column === column ? order.direction : nothing;
  }
}

function moreOf({ rows, total }: TableOutput): TemplateResult | typeof nothing {
  return total > rows.length ? html`<p class="total">Showing the first ${rows.length} of ${total} rows</p>` : nothing;
}

customElements.define("pal-table", Table);
