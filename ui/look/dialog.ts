/** Opens and closes the `dialog` element of a component. */
import type { LitElement } from "lit";

/** @param begin makes the component draw what is in the dialog */
export async function openDialog(host: LitElement, begin: () => void): Promise<void> {
  // What is typed right now counts as well.
  host.dispatchEvent(new Event("before-run", { bubbles: true, composed: true }));
  begin();
  await host.updateComplete;
  host.renderRoot.querySelector("dialog")?.showModal();
}

export function closeDialog(host: LitElement): void {
  host.renderRoot.querySelector("dialog")?.close();
}
