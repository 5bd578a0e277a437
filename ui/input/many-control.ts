/** Any of several options, as boxes to tick; the value keeps the order of the options. */
import { html, type TemplateResult } from "lit";

export function manyControl(
  { label, options }: { readonly label: string; readonly options: readonly string[] },
  chosen: readonly string[],
  send: (value: readonly string[]) => void,
): TemplateResult {
  const tick = (option: string, ticked: boolean): void =>
    send(options.filter((each) => (each === option ? ticked : chosen.includes(each))));
  return html`<span class="many" id="control" role="group" aria-label=${label}>
    ${options.map(
      (option) => html`<label class="option"
        ><input
          type="checkbox"
          .checked=${chosen.includes(option)}
          @change=${(event: Event) => tick(option, (event.target as HTMLInputElement).checked)}
        />${option}</label
      >`,
    )}
  </span>`;
}
