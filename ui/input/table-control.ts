/** Rows that can be edited, added and removed. Every change sends the whole table, so that undo and comparison stay simple. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { TableRow } from "../../server/values.ts";
import { icon } from "../look/icon.ts";
import type { Control, Specs } from "./control.ts";

type Column = Specs["table"]["columns"][number];
type Cell = TableRow[string];

const EMPTY: Readonly<Record<Column["kind"], Cell>> = { number: 0, string: "", boolean: false };

export const tableControl: Control<"table"> = {
  naming: "group",
  styles: css`
    .table table {
      border-collapse: collapse;
    }
    .table th {
      text-align: left;
      font-size: 0.75rem;
      font-weight: 500;
      color: var(--muted);
      padding: 0.125rem 0.375rem;
    }
    .table td {
      padding: 0.125rem;
    }
    .table input[type="text"] {
      width: 14rem;
    }
  `,
  render: ({ spec: { label, columns }, value: rows, commit }) => {
    const replaceCell = (at: number, name: string, cell: Cell): void =>
      commit(rows.map((row, index) => (index === at ? { ...row, [name]: cell } : row)));
    const emptyRow = Object.fromEntries(columns.map(({ name, kind }) => [name, EMPTY[kind]]));
    return html`<div class="table" id="control" role="group" aria-label=${label}>
      <table>
        <thead>
          <tr>
            ${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row, at) => html`<tr>
              ${columns.map((column) => html`<td>${field(column, row[column.name], at, (cell) => replaceCell(at, column.name, cell))}</td>`)}
              <td>
                <button
                  class="quiet icon"
                  aria-label=${`Remove row ${at + 1}`}
                  ?disabled=${rows.length === 1}
                  @click=${() => commit(rows.filter((_, index) => index !== at))}
                >
                  ${icon("remove")}
                </button>
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
      <button class="quiet" @click=${() => commit([...rows, emptyRow])}>${icon("plus")} Add row</button>
    </div>`;
  },
};

function field({ name, kind }: Column, cell: Cell | undefined, at: number, set: (cell: Cell) => void): TemplateResult {
  const label = `${name}, row ${at + 1}`;
  switch (kind) {
    case "boolean":
      return html`<input
        type="checkbox"
        aria-label=${label}
        .checked=${cell === true}
        @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
      />`;
    case "number":
    case "string":
      return html`<input
        type=${kind === "number" ? "number" : "text"}
        step=${kind === "number" ? "any" : nothing}
        aria-label=${label}
        .value=${String(cell ?? "")}
        @change=${(event: Event) => {
          const typed = event.target as HTMLInputElement;
          if (kind === "string") set(typed.value);
          else if (Number.isNaN(typed.valueAsNumber)) typed.value = String(cell ?? 0);
          else set(typed.valueAsNumber);
        }}
      />`;
    default:
      return kind satisfies never;
  }
}
