/** The report of a verification as text. Names and texts of a record may come from somebody else, so they are made plain. */
import type { Report } from "../records/certificate.ts";
import { thinned } from "../records/certificate.ts";
import type { CurvePoint } from "../records/comparison.ts";
import type { ExperimentRecord } from "../records/record.ts";
import { oneLine } from "./plain-text.ts";

/** Characters of a curve. */
const WIDTH = 60;
const BARS = "▁▂▃▄▅▆▇█";

export function reportText(
  { verdict, runs, first, environment }: Report,
  { id }: ExperimentRecord,
  curve: readonly CurvePoint[],
): string {
  const differing = environment.filter(({ recorded, now }) => recorded !== now);
  const lines = [
    ...(differing.length === 0
      ? ["The environment is the recorded one."]
      : ["What differs in the environment (recorded → now):"]),
    ...differing.map(({ name, recorded, now }) => `  ${name}: ${recorded} → ${now}`),
    ...runs.map(({ id, method, steps, verified }) => `${method} (${id}): ${verified} of ${steps} steps verified`),
    ...(verdict === "identical" ? [] : curveText(curve)),
    ...(first
      ? [
          `First difference: run ${first.run}, step ${first.step}, ${first.column}: recorded ${first.recorded}, now ${first.now}`,
        ]
      : []),
    `${id}: ${verdict}`,
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join("");
}

/** How the largest relative difference of a row grows, on a logarithmic scale from 10⁻⁸ to 1. */
function curveText(curve: readonly CurvePoint[]): string[] {
  return [...new Set(curve.map(({ run }) => run))].map((run) => {
    const points = curve.filter((point) => point.run === run);
    const bars = thinned(points, WIDTH).map(({ difference }) => {
      const exponent = Number(difference.toExponential().split("e")[1]);
      const height = difference === 0 ? 0 : Math.max(0, Math.min(BARS.length - 1, exponent + BARS.length));
      return BARS[height];
    });
    const largest = Math.max(...points.map(({ difference }) => difference));
    return `difference from step to step of ${run}: ${bars.join("")} (largest: ${largest.toPrecision(2)})`;
  });
}
