/** Any of several options, as checkboxes. The value lists the chosen ones in the order of the options. */
import { css, html } from "lit";
import type { Control } from "./control.ts";

export const manyControl: Control<"many"> = {
  naming: "group",
  styles: css`
    .many {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1rem;
    }
    .option {
      display: inline-flex;
      align-items: center;
      gap: 0.375rem;
      color: inherit;
      padding: 0;
    }
  `,
  render: ({ spec: { label, options }, value, commit }) => {
    const tick = (option: string, event: Event): void => {
      const { checked } = event.target as HTMLInputElement;
      commit(options.filter((each) => (each === option ? checked : value.includes(each))));
    };
    return html`<span class="many" id="control" role="group" aria-label=${label}>
      ${options.map(
        (option) => html`<label class="option"
          ><input type="checkbox" .checked=${value.includes(option)} @change=${(event: Event) => tick(option, event)} />${option}</label
        >`,
      )}
    </span>`;
  },
};
