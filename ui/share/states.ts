/** Switches between the states of a page: finished runs, each with all that it shows, in templates of the page. */
import { enhance } from "./enhance.ts";
import type { SharePayload } from "./payload.ts";

/** Called before charts and tables become interactive: what the page shows now is its first state. */
export function switchStates(payload: SharePayload): void {
  const slider = document.querySelector<HTMLInputElement>("#state");
  const name = document.querySelector<HTMLOutputElement>("#states output");
  if (!slider || !name) return;
  const first = [...document.querySelectorAll<HTMLElement>("main [data-results]")].map(
    (each) => [each.dataset.results!, each.cloneNode(true)] as const,
  );
  slider.addEventListener("input", () => {
    const state = payload.states?.all[slider.valueAsNumber];
    if (!state) return;
    name.value = state.name;
    slider.setAttribute("aria-valuetext", state.name);
    for (const [cell, results] of slider.valueAsNumber === 0 ? first : resultsOf(slider.value)) {
      const place = document.querySelector(`main [data-results="${CSS.escape(cell)}"]`);
      const copy = results.cloneNode(true) as HTMLElement;
      place?.replaceWith(copy);
      enhance(copy, payload);
    }
  });
}

function resultsOf(state: string): (readonly [cell: string, results: Node])[] {
  const templates = document.querySelectorAll<HTMLTemplateElement>(`template[data-state="${CSS.escape(state)}"]`);
  return [...templates].map((each) => [each.dataset.cell!, each.content.firstElementChild!]);
}
