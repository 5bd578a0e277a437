/** Rows to edit, to add and to remove. Every change sends the whole table, so that undoing and comparing stay simple. */
import { html, nothing, type TemplateResult } from "lit";
import type { InputSpec, TableRow } from "../../server/values.ts";
import { icon } from "../look/icon.ts";

type TableSpec = Extract<InputSpec, { kind: "table" }>;
type Column = TableSpec["columns"][number];
type Cell = TableRow[string];

const EMPTY: Readonly<Record<Column["kind"], Cell>> = { number: 0, string: "", boolean: false };

export function tableControl(
  { label, columns }: TableSpec,
  rows: readonly TableRow[],
  send: (rows: readonly TableRow[]) => void,
): TemplateResult {
  const put = (at: number, name: string, cell: Cell): void =>
    send(rows.map((row, index) => (index === at ? { ...row, [name]: cell } : row)));
  const blank = Object.fromEntries(columns.map(({ name, kind }) => [name, EMPTY[kind]]));
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
            ${columns.map((column) => html`<td>${field(column, row[column.name], at, (cell) => put(at, column.name, cell))}</td>`)}
            <td>
              <button
                class="quiet icon"
                aria-label=${`Remove row ${at + 1}`}
                ?disabled=${rows.length === 1}
                @click=${() => send(rows.filter((_, index) => index !== at))}
              >
                ${icon("remove")}
              </button>
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    <button class="quiet" @click=${() => send([...rows, blank])}>${icon("plus")} Add row</button>
  </div>`;
}

function field({ name, kind }: Column, cell: Cell | undefined, at: number, put: (cell: Cell) => void): TemplateResult {
  const label = `${name}, row ${at + 1}`;
  switch (kind) {
    case "boolean":
      return html`<input
        type="checkbox"
        aria-label=${label}
        .checked=${cell === true}
        @change=${(event: Event) => put((event.target as HTMLInputElement).checked)}
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
          if (kind === "string") put(typed.value);
          else if (Number.isNaN(typed.valueAsNumber)) typed.value = String(cell ?? 0);
          else put(typed.valueAsNumber);
        }}
      />`;
  }
}
