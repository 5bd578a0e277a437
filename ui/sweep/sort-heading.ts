/** The heading of a column that sorts the table. */
import { css, html, type TemplateResult } from "lit";
import type { Sort } from "./sorting.ts";

export const sortStyles = css`
  th.number {
    text-align: right;
  }
  th button.sort {
    all: unset;
    cursor: pointer;
    white-space: nowrap;
  }
  th button.sort:hover {
    color: var(--ink);
  }
  th button.sort:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;

export function heading(
  label: string,
  kind: "text" | "number",
  sort: Sort,
  chosen: (column: string) => void,
): TemplateResult {
  const direction = sort?.column === label ? sort.direction : "none";
  const arrow = { ascending: " ↑", descending: " ↓", none: "" }[direction];
  return html`<th scope="col" class=${kind} aria-sort=${direction}><button class="sort" data-sort=${label} @click=${() => chosen(label)}>${label}${arrow}</button></th>`;
}
