/** Text in one line. It counts when the user leaves the field or presses Enter. */
import { css, html } from "lit";
import type { Control } from "./control.ts";

export const textControl: Control<"text"> = {
  naming: "field",
  styles: css`
    input[type="text"] {
      flex: 1;
      max-width: 28rem;
    }
  `,
  render: ({ spec, value, gesture }) => {
    const text = (event: Event): string => (event.target as HTMLInputElement).value;
    return html`<input
      id="control"
      type="text"
      .value=${value}
      placeholder=${spec.placeholder ?? ""}
      @input=${(event: Event) => gesture.move(text(event))}
      @change=${(event: Event) => gesture.release(text(event))}
    />`;
  },
};
