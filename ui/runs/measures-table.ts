/** The final measures of the experiments of a comparison, each against the baseline. */
import { html, nothing, type TemplateResult } from "lit";
import type { ComparedMeasure, ComparedValue, Judgement } from "../../server/runs/comparison.ts";
import type { Direction } from "../../server/runs/measures.ts";
import { figure } from "../../server/state/quantity.ts";

const ARROWS: Readonly<Record<Direction, string>> = { higher: "↑", lower: "↓", neither: "–" };
const MEANINGS: Readonly<Record<Direction, string>> = {
  higher: "Higher is better",
  lower: "Lower is better",
  neither: "Neither is better",
};
const WORDS: Readonly<Record<Judgement, string>> = {
  better: "better",
  worse: "worse",
  "inside the noise": "inside the noise",
  "one seed": "one seed: no interval over seeds",
  "no common seed": "no seed in common: no interval",
  "equal differences": "equal differences of few seeds: no interval",
  "seeds missing": "only without the missing seeds",
  neither: "",
};
export const NEXT: Readonly<Record<Direction, Direction>> = { higher: "lower", lower: "neither", neither: "higher" };

export function measuresTable(
  heads: TemplateResult,
  measures: readonly ComparedMeasure[],
  turn: (measure: ComparedMeasure) => void,
): TemplateResult {
  return html`<div class="wide"><table>
    <thead>${heads}</thead>
    <tbody>
      ${measures.map(
        (measure) => html`<tr data-measure=${measure.name}>
          <th scope="row">
            ${measure.name}
            <button class="quiet icon" title="${MEANINGS[measure.direction]}. Press to change." aria-label="${measure.name}: ${MEANINGS[measure.direction]}. Change" @click=${() => turn(measure)}>${ARROWS[measure.direction]}</button>
          </th>
          ${measure.values.map((value) => html`<td class="number">${valueCell(value)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

function valueCell({ band, against, missing }: ComparedValue): TemplateResult | string {
  const without =
    missing.length === 0
      ? nothing
      : html`<small class="missing" data-missing-seeds=${missing.length}><br />${missing.map(({ seed, why }) => `seed ${seed}: ${why}`).join(", ")}</small>`;
  if (!band) return html`–${without}`;
  const range =
    band.seeds > 1
      ? html` <small title="lowest and highest of ${band.seeds} seeds">${short(band.low)} to ${short(band.high)}</small>`
      : nothing;
  return html`${short(band.mean)}${range}${without}${against ? difference(against) : nothing}`;
}

function difference({
  difference: mean,
  interval,
  pairs,
  judgement,
}: NonNullable<ComparedValue["against"]>): TemplateResult {
  const sign = (value: number): string => `${value > 0 ? "+" : ""}${short(value)}`;
  const text = interval
    ? `${sign(mean)} (95 %: ${sign(interval[0])} to ${sign(interval[1])}, ${pairs} seeds paired)`
    : sign(mean);
  const words = mean === 0 && !interval ? "the same" : WORDS[judgement];
  return html`<span class="against ${judgement.replaceAll(" ", "-")}" data-judgement=${judgement}>${text}<br />${words}</span>`;
}

function short(value: number): string {
  return figure(Number(value.toPrecision(4)));
}
