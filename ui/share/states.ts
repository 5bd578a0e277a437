/** Switches between the states of a page: finished runs, each with all that it shows, in templates of the page. */
import { enhance } from "./enhance.ts";
import type { SharePayload } from "./payload.ts";

export function switchStates(payload: SharePayload): void {
  const slider = document.querySelector<HTMLInputElement>("#state");
  const name = document.querySelector<HTMLOutputElement>("#states output");
  if (!slider || !name) return;
  slider.addEventListener("input", () => {
    const state = payload.states?.all[slider.valueAsNumber];
    if (!state) return;
    name.value = state.name;
    slider.setAttribute("aria-valuetext", state.name);
    for (const template of document.querySelectorAll<HTMLTemplateElement>(`template[data-state="${slider.value}"]`)) {
      const place = document.querySelector(`main [data-results="${CSS.escape(template.dataset.cell!)}"]`);
      const results = template.content.cloneNode(true) as DocumentFragment;
      enhance(results, payload);
      place?.replaceWith(results);
    }
  });
}
