/** A field for one number. A value outside the limits is moved to the nearest limit; text that is not a number is undone. */
import { html, nothing, type TemplateResult } from "lit";

type Limits = { readonly min?: number; readonly max?: number; readonly step?: number };

export function numberField(
  { label, min, max, step }: Limits & { readonly label: string },
  text: string,
  { accepted, commit }: { readonly accepted: number; readonly commit: (value: number) => void },
  id?: string,
): TemplateResult {
  const change = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    const typed = field.valueAsNumber;
    if (Number.isNaN(typed)) field.value = String(accepted);
    else commit(Math.min(max ?? Infinity, Math.max(min ?? -Infinity, typed)));
  };
  return html`<input
    id=${id ?? nothing}
    type="number"
    aria-label=${label}
    min=${min ?? nothing}
    max=${max ?? nothing}
    step=${step ?? "any"}
    .value=${text}
    @change=${change}
  />`;
}
