/** The form that describes a fork: a new run that continues from a checkpoint, with other values of the knobs. */
import { css, html, type TemplateResult } from "lit";
import { knobsAt, type RunState } from "../../server/state/state.ts";
import type { InputValue } from "../../server/values.ts";
import { shortValue } from "./run-text.ts";

type Knobs = Readonly<Record<string, InputValue>>;

export function forkForm(
  run: RunState,
  at: number,
  { submit, cancel }: { readonly submit: (knobs: Knobs) => void; readonly cancel: () => void },
): TemplateResult {
  const knobs = knobsAt(run, at);
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) submit(filledIn(knobs, new FormData(event.target)));
  };
  return html`<form data-fork=${at} @submit=${send}>
    <h3>New run that continues from step ${at} with</h3>
    ${Object.entries(knobs).map(
      ([name, value]) => html`<label>
        ${name}
        <input name=${name} type=${typeof value === "number" ? "number" : "text"} step="any" required .value=${exactValue(value)} />
      </label>`,
    )}
    <button class="primary" type="submit">Fork</button>
    <button type="button" @click=${cancel}>Cancel</button>
  </form>`;
}

/** The values in the form. A knob that is neither a number nor text cannot be changed in a form and is left out. */
function filledIn(knobs: Knobs, form: FormData): Knobs {
  return Object.fromEntries(
    Object.entries(knobs).flatMap(([name, value]): [string, InputValue][] => {
      const text = String(form.get(name));
      if (typeof value === "number") return [[name, Number(text)]];
      return typeof value === "string" ? [[name, text]] : [];
    }),
  );
}

/** Numbers with all their digits, where `shortValue` rounds them. */
function exactValue(value: InputValue): string {
  return typeof value === "number" ? String(value) : shortValue(value);
}

export const forkFormStyles = css`
  form {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0.5rem 0.75rem;
    padding-top: 0.75rem;
    border-top: 1px solid var(--hairline);
  }
  form h3 {
    flex-basis: 100%;
  }
  label {
    display: grid;
    gap: 0.125rem;
    color: var(--muted);
  }
  label input {
    width: 8rem;
  }
`;
