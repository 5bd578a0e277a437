/** Links to cells: the event that takes the reader to a place of the notebook, and the button that fires it. */
import { html, type TemplateResult } from "lit";
import type { CellId, Position } from "../../server/notebook/types.ts";

/** The detail of the event `go-to`. */
export type Place = { readonly cell: CellId; readonly position?: Position };

export function goTo(from: EventTarget, place: Place): void {
  from.dispatchEvent(new CustomEvent<Place>("go-to", { detail: place, bubbles: true, composed: true }));
}

export function cellLink(cell: CellId): TemplateResult {
  return html`<button class="link" data-goto=${cell} @click=${(event: Event) => goTo(event.currentTarget!, { cell })}>${cell}</button>`;
}
