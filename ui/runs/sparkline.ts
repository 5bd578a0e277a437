/** A curve in the height of a line of text. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Curve } from "../../server/runs/types.ts";

const WIDTH = 84;
const HEIGHT = 22;
const MARGIN = 2;

/** The curves of all runs of a row share their axes. */
export function sparkline(
  name: string,
  curves: readonly (Curve | undefined)[],
  color: string,
): TemplateResult | typeof nothing {
  const known = curves.filter((each): each is Curve => each !== undefined);
  const points = known.flatMap((each) => each.points);
  const [first] = known;
  if (!first || points.length === 0) return nothing;
  const [steps, values] = [points.map(([step]) => step), points.map(([, value]) => value)];
  const [left, right, low, high] = [Math.min(...steps), Math.max(...steps), Math.min(...values), Math.max(...values)];
  const x = (step: number): number => MARGIN + ((step - left) / (right - left || 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number =>
    high === low ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - low) / (high - low)) * (HEIGHT - 2 * MARGIN);
  const begin = first.points[0]![1];
  const end = first.points.at(-1)![1];
  const text = `${name}: ${first.measure} from ${begin} to ${end}, lowest ${low}, highest ${high}`;
  const dot = first.points.length === 1 ? svg`<circle cx=${x(left)} cy=${y(begin)} r="2" fill=${color} />` : nothing;
  return html`<svg class="spark" width=${WIDTH} height=${HEIGHT} role="img" aria-label=${text}>
    <title>${text}</title>
    ${known.map(
      ({ points: line }) =>
        svg`<path d=${line.map(([step, value], i) => `${i === 0 ? "M" : "L"}${x(step).toFixed(1)},${y(value).toFixed(1)}`).join("")} fill="none" stroke=${color} stroke-width="1.25" opacity=${known.length > 1 ? 0.6 : 1} />`,
    )}
    ${dot}
  </svg>`;
}
