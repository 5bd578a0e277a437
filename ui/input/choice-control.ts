/** One of several options, in a menu. */
import { html } from "lit";
import type { Control } from "./control.ts";

export const choiceControl: Control<"choice"> = {
  naming: "field",
  render: ({ spec, value, commit }) => html`<select
    id="control"
    @change=${(event: Event) => commit((event.target as HTMLSelectElement).value)}
  >
    ${spec.options.map((each) => html`<option ?selected=${each === value} .value=${each}>${each}</option>`)}
  </select>`,
};
