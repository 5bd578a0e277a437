/** Going to another place of the notebook: the event that cells fire, and the links that fire it. */
import { html, type TemplateResult } from "lit";
import type { CellId, Position } from "../../server/notebook/types.ts";

export type Place = { readonly cell: CellId; readonly position?: Position };

export function goTo(from: EventTarget, place: Place): void {
  from.dispatchEvent(new CustomEvent<Place>("go-to", { detail: place, bubbles: true, composed: true }));
}

export function cellLink(cell: CellId): TemplateResult {
  return html`<button class="link" data-goto=${cell} @click=${(event: Event) => goTo(event.currentTarget!, { cell })}>${cell}</button>`;
}
