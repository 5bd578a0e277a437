/** Draws an output of a cell by its kind. HTML made by a cell is shown in a frame without scripts and without this page's origin. */
import { type CSSResult, css, html, type TemplateResult } from "lit";
import type { Output } from "../../server/values.ts";
import type { ChartSize } from "../plot/drawing.ts";
import "../plot/plot.ts";
import "./blob.ts";
import "./inspector.ts";
import { markdown, prose } from "./markdown.ts";
import "./run-card.ts";
import "./table.ts";

export function outputOf(output: Output, chartSize: ChartSize): TemplateResult {
  switch (output.kind) {
    case "value":
      return html`<pal-inspector .value=${output.value}></pal-inspector>`;
    case "text":
      return html`<pre class="text">${output.text}</pre>`;
    case "markdown":
      return markdown(output.text);
    case "table":
      return html`<pal-table .table=${output}></pal-table>`;
    case "image":
      return /^image\/(png|jpeg|gif|webp|svg\+xml)$/.test(output.mime)
        ? html`<img alt="Image shown by the cell" src="data:${output.mime};base64,${output.base64}" />`
        : html`<pre class="text">Images of type ${output.mime} cannot be shown.</pre>`;
    case "html":
      return html`<iframe title="HTML shown by the cell" sandbox="" .srcdoc=${output.html}></iframe>`;
    case "plot":
      return html`<pal-plot .spec=${output.spec} .size=${chartSize}></pal-plot>`;
    case "blob":
      return html`<pal-blob .output=${output} .draw=${(whole: Output) => outputOf(whole, chartSize)}></pal-blob>`;
    case "run":
      return html`<pal-run .run=${output.run}></pal-run>`;
    default:
      return output satisfies never;
  }
}

export const outputStyles: CSSResult[] = [
  prose,
  css`
    .text {
      margin: 0;
      font: var(--code) / 1.6 var(--mono);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      max-height: 30rem;
      overflow: auto;
    }
    img {
      max-width: 100%;
      display: block;
    }
    iframe {
      width: 100%;
      height: 14rem;
      border: 1px solid var(--hairline);
      border-radius: var(--radius);
      background: #ffffff;
      color-scheme: light;
      resize: vertical;
      overflow: auto;
    }
  `,
];
