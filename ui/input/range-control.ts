/** A number between two limits: a slider, and a field for an exact value. */
import { css, html } from "lit";
import { figure } from "../../server/state/quantity.ts";
import type { Control } from "./control.ts";
import { numberField } from "./number-field.ts";

export const rangeControl: Control<"range"> = {
  naming: "field",
  styles: css`
    input[type="range"] {
      flex: 1;
      min-width: 4rem;
      max-width: 22rem;
      margin: 0;
    }
  `,
  render: ({ spec, value, accepted, gesture, commit }) => {
    const at = (event: Event): number => (event.target as HTMLInputElement).valueAsNumber;
    return html`<input
        id="control"
        type="range"
        min=${spec.min}
        max=${spec.max}
        step=${spec.step}
        .value=${String(value)}
        @input=${(event: Event) => gesture.move(at(event))}
        @change=${(event: Event) => gesture.release(at(event))}
        @keydown=${gesture.keyDown}
        @keyup=${gesture.keyUp}
        @blur=${gesture.keyUp}
      />${numberField(spec, figure(value), { accepted, commit })}`;
  },
};
