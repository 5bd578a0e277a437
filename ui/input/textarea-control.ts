/** Text in several lines. It counts when the user leaves the field. */
import { css, html } from "lit";
import type { Control } from "./control.ts";

export const textareaControl: Control<"textarea"> = {
  naming: "field",
  styles: css`
    textarea {
      flex: 1;
      max-width: 40rem;
      resize: vertical;
    }
  `,
  render: ({ spec, value, gesture }) => {
    const text = (event: Event): string => (event.target as HTMLTextAreaElement).value;
    return html`<textarea
      id="control"
      rows=${spec.rows}
      .value=${value}
      placeholder=${spec.placeholder ?? ""}
      @input=${(event: Event) => gesture.move(text(event))}
      @change=${(event: Event) => gesture.release(text(event))}
    ></textarea>`;
  },
};
