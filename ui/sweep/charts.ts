/** The charts of a sweep as drawings for Observable Plot: the Pareto front, and a heat map. Pure. */
import type { ListedRow, SweepDetails } from "../../server/sweep/api.ts";
import { palette } from "../look/tokens.ts";
import type { Drawing, DrawnMark } from "../plot/drawing.ts";
import { measured, settingText, shortened } from "./settings-text.ts";

type Axes = NonNullable<SweepDetails["axes"]>;
type HeatMap = SweepDetails["heats"][number];

const FRAME = { marginTop: 28, marginLeft: 60, marginRight: 24, marginBottom: 40 };
const HEIGHT = 320;
/** In pixels, a row of the heat map and what is around it. */
const ROW = 44;
const AROUND = 84;
/** Opacities of the lowest and the highest value; the numbers stay readable on both. */
const FAINTEST = 0.06;
const DARKEST = 0.5;
/** Texts beside points that would cover each other are left out: the tip shows them. */
const MOST_TEXTS = 12;

const mark = (name: string, points: DrawnMark["points"], options: DrawnMark["options"]): DrawnMark => ({
  name,
  points,
  total: points?.length ?? 0,
  options,
  notes: [],
});

/** Better is up and to the right, whatever the direction of a measure. */
export function paretoDrawing(
  rows: readonly ListedRow[],
  axes: Axes,
  inputs: readonly string[],
  width: number,
): Drawing {
  const [across, up] = axes;
  const points = rows.flatMap((row) => {
    const [x, y] = [row.measures[across.column], row.measures[up.column]];
    if (!x || !y) return [];
    const name = nameOf(row, inputs);
    const text = `${name}\n${across.column}: ${measured(x.mean)}\n${up.column}: ${measured(y.mean)}`;
    const range = { x1: x.low, x2: x.high, y1: y.low, y2: y.high };
    return [{ x: x.mean, y: y.mean, ...range, name, text, method: row.method, place: row.place }];
  });
  const best = points.filter(({ place }) => place === "front").sort((a, b) => a.x - b.x);
  const methods = [...new Set(points.map(({ method }) => method))];
  const dots = methods.flatMap((method, at) => {
    const color = palette[at % palette.length]!;
    const own = points.filter((point) => point.method === method);
    const both = { x: "x", y: "y", stroke: color, title: "text", tip: true };
    return [
      mark("ruleY", own, { y: "y", x1: "x1", x2: "x2", stroke: color, strokeOpacity: 0.6 }),
      mark("ruleX", own, { x: "x", y1: "y1", y2: "y2", stroke: color, strokeOpacity: 0.6 }),
      mark(
        "dot",
        own.filter(({ place }) => place !== "front"),
        { ...both, fill: "var(--page)", r: 3.5 },
      ),
      mark(
        "dot",
        own.filter(({ place }) => place === "front"),
        { ...both, fill: color, r: 5.5 },
      ),
    ];
  });
  const scale = ({ column, better }: Axes[number]) => ({
    label: better === "higher" ? column : `${column} (less is better)`,
    reverse: better === "lower",
    nice: true,
    grid: true,
    inset: 16,
  });
  const texts = best.length <= MOST_TEXTS ? best : [];
  return {
    live: false,
    notes: [],
    marks: [
      mark("line", best, { x: "x", y: "y", stroke: "var(--muted)", strokeDasharray: "3,3" }),
      ...dots,
      mark("text", texts, {
        x: "x",
        y: "y",
        text: "name",
        dy: -14,
        fill: "var(--ink)",
        stroke: "var(--page)",
        strokeWidth: 3,
      }),
    ],
    options: {
      ...FRAME,
      ...{ width, height: HEIGHT, x: scale(across), y: scale(up) },
      ariaLabel: `Pareto front of ${across.column} and ${up.column}: ${best.map(({ name }) => name).join("; ") || "none"}`,
    },
  };
}

function nameOf({ settings, method }: ListedRow, inputs: readonly string[]): string {
  const values =
    settings === undefined ? [] : inputs.map((name) => `${name} ${shortened(settingText(settings[name]))}`);
  return [method, ...values].join(", ");
}

export function heatDrawing({ method, measure, rows, columns, cells }: HeatMap, width: number): Drawing {
  const points = cells.flatMap((line, down) =>
    line.flatMap((cell, across) => {
      if (!cell) return [];
      const [x, y] = [columns.values[across]!, rows.values[down]!];
      const text = `${columns.name} ${x}, ${rows.name} ${y}\n${measure}: ${measured(cell.mean)}`;
      return [{ x, y, shade: FAINTEST + (DARKEST - FAINTEST) * cell.level, value: measured(cell.mean), text }];
    }),
  );
  const label = (name: string) => ({ type: "band", label: name, padding: 0.04 });
  return {
    live: false,
    notes: [],
    marks: [
      mark("cell", points, { x: "x", y: "y", fill: "var(--accent)", fillOpacity: "shade", title: "text" }),
      mark("text", points, { x: "x", y: "y", text: "value", fill: "var(--ink)", title: "text" }),
    ],
    options: {
      ...FRAME,
      ...{ width, height: AROUND + ROW * rows.values.length },
      x: { ...label(columns.name), domain: columns.values },
      y: { ...label(rows.name), domain: rows.values },
      ariaLabel: `${method}: ${measure} over ${rows.name} and ${columns.name}`,
    },
  };
}
