/** A number in a field. */
import type { Control } from "./control.ts";
import { numberField } from "./number-field.ts";

export const numberControl: Control<"number"> = {
  naming: "field",
  render: ({ spec, value, accepted, commit }) => numberField(spec, String(value), { accepted, commit }, "control"),
};
