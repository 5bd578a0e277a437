/** Curves of several runs in one chart, drawn by Observable Plot with the page's look. */
import { html, LitElement, type TemplateResult } from "lit";
import type { CurvePoint, Turn } from "../../server/runs/curves.ts";
import { Width } from "../look/width.ts";
import type { Drawing } from "../plot/drawing.ts";
import { figureOf } from "../plot/figure.ts";
import { plotStyles } from "../plot/plot-styles.ts";

export type Line = {
  readonly name: string;
  /** The lines of several seeds have one colour. */
  readonly color: string;
  /** Tells apart two lines of one colour. */
  readonly stroke: "solid" | "dashed";
  readonly points: readonly CurvePoint[];
  readonly turns: readonly Turn[];
};
export type Chart = {
  readonly label: string;
  readonly x: string;
  readonly scale: "linear" | "log";
  readonly lines: readonly Line[];
};

const HEIGHT = 240;

export class RunCurves extends LitElement {
  static override properties = { chart: { attribute: false } };
  static override styles = plotStyles;

  declare chart: Chart;
  readonly #width = new Width(this);

  protected override render(): TemplateResult {
    return html`<div class="box" style="min-height: ${HEIGHT}px"><div class="holder"></div></div>`;
  }

  protected override updated(): void {
    if (this.#width.now === 0) return;
    this.renderRoot.querySelector(".holder")?.replaceChildren(figureOf(drawingOf(this.chart, this.#width.now)));
    this.dataset.points = String(this.chart.lines.reduce((sum, { points }) => sum + points.length, 0));
    this.dataset.turns = String(this.chart.lines.reduce((sum, line) => sum + line.turns.length, 0));
  }
}

function drawingOf({ label, x, scale, lines }: Chart, width: number): Drawing {
  const isLog = scale === "log";
  const marks = lines.flatMap(({ name, color, stroke, points, turns }) => {
    const drawn = (isLog ? points.filter(({ y }) => y > 0) : points).map((point) => ({ ...point, run: name }));
    const line = {
      x: "x",
      y: "y",
      stroke: color,
      strokeWidth: 1.5,
      title: "run",
      ...(stroke === "dashed" && { strokeDasharray: "6,2" }),
    };
    // A single value, such as that of a probe, has no line.
    const mark =
      drawn.length === 1
        ? { name: "dot", options: { x: "x", y: "y", fill: color, title: "run" } }
        : { name: "lineY", options: line };
    const rules = turns.map((turn) => ({ ...turn, text: `${name}: ${turn.text}` }));
    const rule = { x: "x", stroke: color, strokeDasharray: "3,3", title: "text", tip: true };
    return [
      { ...mark, points: drawn, total: drawn.length, notes: [] },
      ...(rules.length > 0 ? [{ name: "ruleX", points: rules, options: rule, total: rules.length, notes: [] }] : []),
    ];
  });
  return {
    marks,
    live: false,
    notes: [],
    options: {
      width,
      height: HEIGHT,
      marginTop: 28,
      marginLeft: 52,
      marginBottom: 36,
      x: { label: x, nice: false },
      y: { label, grid: true, nice: !isLog, ...(isLog && { type: "log" }) },
      ariaLabel: `${label} over ${x}`,
    },
  };
}

customElements.define("pal-run-curves", RunCurves);
