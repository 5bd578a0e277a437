/** The event by which a part of a cell gives the focus away: to the cell itself, or to the cell before or after it. */
import type { Leave } from "../editor/extensions.ts";

export function moveFocus(from: EventTarget, to: Leave): void {
  from.dispatchEvent(new CustomEvent<Leave>("move-focus", { detail: to, bubbles: true, composed: true }));
}
