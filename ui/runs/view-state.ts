/** What the list shows and in which order, as the address has it, so that a view can be reloaded, linked and gone back to. */
import { NEWEST_FIRST, type Order } from "../../server/runs/order.ts";

export type ViewState = { readonly filter: string; readonly order: Order; readonly seeds: "folded" | "apart" };

export function viewOf(search: string): ViewState {
  const query = new URLSearchParams(search);
  const sort = query.get("sort");
  const order: Order = sort
    ? { by: sort.replace(/^-/, ""), direction: sort.startsWith("-") ? "descending" : "ascending" }
    : NEWEST_FIRST;
  return { filter: query.get("filter") ?? "", order, seeds: query.get("seeds") === "apart" ? "apart" : "folded" };
}

export function searchOf({ filter, order, seeds }: ViewState): string {
  const query = new URLSearchParams();
  if (filter !== "") query.set("filter", filter);
  if (order.by !== NEWEST_FIRST.by || order.direction !== NEWEST_FIRST.direction)
    query.set("sort", `${order.direction === "descending" ? "-" : ""}${order.by}`);
  if (seeds === "apart") query.set("seeds", seeds);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
