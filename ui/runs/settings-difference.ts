/** The settings that differ between the experiments of a comparison, and nothing else; long texts as a difference of words. */
import { html, type TemplateResult } from "lit";
import { differingSettings } from "../../server/runs/settings.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { wordDifference } from "../../server/runs/word-difference.ts";
import { valueText } from "./columns.ts";

/** @param heads the header cells of the columns. @param experiments one for each column; the runs of one differ in the seed alone */
export function settingsDifference(
  heads: TemplateResult,
  experiments: readonly (readonly RunSummary[])[],
  baseline: number,
): TemplateResult {
  const firsts = experiments.flatMap(([first]) => first ?? []);
  const names = differingSettings(firsts);
  const seeds = experiments.map((runs) => runs.map(({ seed }) => seed).join(", "));
  const notebooks = firsts.map(({ notebook, cell }) => `${notebook}, ${cell}`);
  const turned = firsts.map((run) => run.turned || "–");
  const others = [
    ["notebook and cell", notebooks],
    ["seed", seeds],
    ["turned while it ran", turned],
  ] as const;
  const rows = others.filter(([, values]) => new Set(values).size > 1);
  if (names.length === 0 && rows.length === 0) return html`<p class="hint">All settings are the same.</p>`;
  return html`<div class="wide"><table>
    <thead>${heads}</thead>
    <tbody>
      ${names.map(
        (name) => html`<tr data-setting=${name}>
          <th scope="row">${name}</th>
          ${firsts.map(({ settings }, at) => html`<td>${cell(firsts[baseline]?.settings[name], settings[name], at === baseline)}</td>`)}
        </tr>`,
      )}
      ${rows.map(([name, values]) => html`<tr data-setting=${name}><th scope="row">${name}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`)}
    </tbody>
  </table></div>`;
}

function cell(before: unknown, value: unknown, isBaseline: boolean): TemplateResult | string {
  const isText = typeof before === "string" && typeof value === "string" && /\s/.test(before + value);
  if (isBaseline || !isText || before === value) return valueText(value);
  return html`${wordDifference(before, value).map(({ kind, text }) =>
    kind === "same" ? text : kind === "added" ? html`<ins>${text}</ins>` : html`<del>${text}</del>`,
  )}`;
}
