/** The outputs of a cell as HTML that stands without a script. Charts and tables are collected for the page's code besides. */

import { datumText, numericColumns, type TableOutput } from "../../ui/output/table-text.ts";
import { type Drawing, drawing } from "../../ui/plot/drawing.ts";
import { TaggedRows } from "../../ui/plot/points.ts";
import type { SharePayload } from "../../ui/share/payload.ts";
import { wholeChart } from "../../ui/share/whole-chart.ts";
import { bytes } from "../state/quantity.ts";
import type { RunState } from "../state/state.ts";
import type { Output, PlotSpec } from "../values.ts";
import { inspectorHtml } from "./inspector-html.ts";
import { Markup, markup } from "./markup.ts";
import { runHtml } from "./run-html.ts";

/** What needs a document: see `dom.ts`. */
export type Renderer = {
  /** Sanitised. */
  readonly markdown: (source: string) => string;
  /** A sanitised document for a frame. */
  readonly frame: (source: string) => string;
  readonly chart: (drawn: Drawing) => string;
};

type Collected = { -readonly [K in "charts" | "tables"]: Record<string, SharePayload[K][string]> };
type Runs = Readonly<Record<string, RunState>>;

/** In pixels: the width of the text on a wide screen. */
const CHART_WIDTH = 760;
const GRID_CHART_WIDTH = 480;
/** Rows that a page shows of a table without a script; its CSV file has all. */
const ROWS = 1000;

export class OutputWriter {
  readonly collected: Collected = { charts: {}, tables: {} };
  readonly #renderer: Renderer;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  markdown(source: string): Markup {
    return markup`<div class="prose">${new Markup(this.#renderer.markdown(source))}</div>`;
  }

  output(output: Output, runs: Runs, layout: "column" | "grid"): Markup {
    switch (output.kind) {
      case "value":
        return markup`<div class="value">${inspectorHtml(output.value)}</div>`;
      case "text":
        return markup`<pre class="text" tabindex="0">${output.text}</pre>`;
      case "markdown":
        return this.markdown(output.text);
      case "table":
        return this.#table(output);
      case "image":
        return /^image\/(png|jpeg|gif|webp|svg\+xml)$/.test(output.mime) && /^[A-Za-z0-9+/=\s]*$/.test(output.base64)
          ? markup`<img alt="Image shown by the cell" src="data:${output.mime};base64,${output.base64}">`
          : markup`<pre class="text">Images of type ${output.mime} cannot be shown.</pre>`;
      case "html":
        return markup`<iframe title="HTML shown by the cell" sandbox="" srcdoc="${this.#renderer.frame(output.html)}"></iframe>`;
      case "plot":
        return this.#chart(output.spec, runs, layout);
      case "run":
        return runHtml(output.run, runs);
      case "blob":
        return markup`<p class="missing">An output of ${bytes(output.bytes)} is not in this file: it could not be read when the file was made.</p>`;
      default:
        return output satisfies never;
    }
  }

  #table(table: TableOutput): Markup {
    const id = `table-${Object.keys(this.collected.tables).length + 1}`;
    this.collected.tables[id] = table;
    const { columns, rows, total } = table;
    const numeric = numericColumns(table);
    const alignment = (i: number): Markup => new Markup(numeric[i] ? ' class="number"' : "");
    const shown = rows.slice(0, ROWS);
    return markup`<div class="table" data-table="${id}">
<div class="scroll" tabindex="0" role="region" aria-label="Table of ${total} rows"><table><thead><tr>${columns.map((each, i) => markup`<th scope="col"${alignment(i)}>${each}</th>`)}</tr></thead>
<tbody>${shown.map((row) => markup`<tr>${columns.map((_, i) => markup`<td${alignment(i)}>${datumText(row[i]) ?? "–"}</td>`)}</tr>\n`)}</tbody></table></div>
${total > shown.length ? markup`<p class="total">Showing the first ${shown.length} of ${total} rows</p>` : ""}</div>`;
  }

  /** A chart that cannot be drawn says so, as in the notebook. */
  #chart(spec: PlotSpec, runs: Runs, layout: "column" | "grid"): Markup {
    try {
      const whole = wholeChart(spec, runs);
      const size = layout === "grid" ? "compact" : "regular";
      const width = layout === "grid" ? GRID_CHART_WIDTH : CHART_WIDTH;
      const drawn = drawing(whole, {}, new TaggedRows(), { width, size });
      const id = `chart-${Object.keys(this.collected.charts).length + 1}`;
      const figure = this.#renderer.chart(drawn);
      this.collected.charts[id] = whole;
      return markup`<div class="chart" data-chart="${id}" data-size="${size}"><div class="static">${new Markup(figure)}</div>${drawn.notes.map((note) => markup`<p class="note">${note}</p>`)}</div>`;
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      return markup`<p class="missing">This chart cannot be drawn. ${why}</p>`;
    }
  }
}
