/** A button; its value counts how often it was pressed. */
import { html } from "lit";
import type { Control } from "./control.ts";

export const buttonControl: Control<"button"> = {
  naming: "control",
  render: ({ spec, value, commit }) =>
    html`<button id="control" @click=${() => commit(value + 1)}>${spec.label}</button>`,
};
