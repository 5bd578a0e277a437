/** Puts the interactive chart or table beside the one in the page, which stays for paper. */
import { ShareChart } from "./chart.ts";
import type { SharePayload } from "./payload.ts";
import { ShareTable } from "./table.ts";

export function enhance(root: ParentNode, { charts, tables }: SharePayload): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-chart]")) {
    const spec = charts[place.dataset.chart!];
    if (!spec) continue;
    const chart = new ShareChart();
    chart.spec = spec;
    chart.size = place.dataset.size === "compact" ? "compact" : "regular";
    chart.name = nameOf(place, place.dataset.chart!);
    show(place, chart);
  }
  for (const place of root.querySelectorAll<HTMLElement>("[data-table]")) {
    const table = tables[place.dataset.table!];
    if (!table) continue;
    const shown = new ShareTable();
    shown.table = table;
    shown.name = nameOf(place, place.dataset.table!);
    show(place, shown);
  }
}

function show(place: HTMLElement, element: Element): void {
  place.append(element);
  place.classList.add("enhanced");
}

/** `curves-chart-2`: the cell, and what it is. */
function nameOf(place: Element, id: string): string {
  const cell = place.closest<HTMLElement>("[data-results]")?.dataset.results ?? "page";
  return `${cell}-${id}`;
}
