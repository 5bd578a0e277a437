/** The card of a run as a reader sees it: what it was, how far it came, and each change that was made while it ran. */

import { changeText, endingText, lastStep, memoryText, statusText } from "../../ui/output/run-text.ts";
import { methodColor } from "../../ui/plot/colors.ts";
import type { RunState } from "../state/state.ts";
import { type Markup, markup } from "./markup.ts";

export function runHtml(id: string, runs: Readonly<Record<string, RunState>>): Markup {
  const run = runs[id];
  if (!run) return markup`<p class="missing">The run ${id} is not in this file.</p>`;
  const { method, steps, parent } = run.info;
  const loss = run.rows.at(-1)?.loss;
  const ending = endingText(run);
  const name = parent ? `${method}, forked at step ${parent.step}` : method;
  const color = methodColor(runs, method) ?? "var(--edge)";
  const facts = [...run.changes.map(changeText), memoryText(run) ?? []].flat();
  return markup`<div class="run" data-run-status="${run.status}">
<p><span class="swatch" style="background:${color}"></span><b>${name}</b> <span>step ${lastStep(run)} / ${steps}</span> <span>loss ${loss === undefined ? "–" : loss.toFixed(3)}</span> <span class="status ${run.status}">${statusText(run)}</span></p>
${facts.length > 0 ? markup`<details><summary>${run.changes.length === 0 ? "Details" : run.changes.length === 1 ? "1 event" : `${run.changes.length} events`}</summary><ul>${facts.map((each) => markup`<li>${each}</li>`)}</ul></details>` : ""}
${ending ? markup`<p class="note">${ending}</p>` : ""}</div>`;
}
