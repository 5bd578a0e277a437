/** On or off. */
import { html } from "lit";
import type { Control } from "./control.ts";

export const toggleControl: Control<"toggle"> = {
  naming: "field",
  render: ({ value, commit }) => html`<input
    id="control"
    type="checkbox"
    role="switch"
    .checked=${value}
    @change=${(event: Event) => commit((event.target as HTMLInputElement).checked)}
  />`,
};
