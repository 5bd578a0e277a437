/** The look of a shared page: the tokens and texts of the workbench, for a page that is read, on any width and on paper. */

import { tokens } from "../../ui/look/tokens.ts";
import { prose } from "../../ui/output/prose.ts";

const layout = `
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 20; background: var(--raised); padding: 0.25rem 0.5rem; }
.top { position: sticky; top: 0; z-index: 10; display: flex; gap: 0.75rem; align-items: center; min-height: 3.25rem; padding: 0.25rem 1.25rem; background: var(--page); border-bottom: 1px solid var(--hairline); }
.top .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
button, .button { font: inherit; font-size: var(--small); font-weight: 500; color: inherit; min-height: 1.875rem; padding: 0 0.625rem; border: 1px solid var(--hairline); border-radius: var(--radius); background: var(--raised); cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--edge); }
button.link { min-height: 0; padding: 0; border: 0; background: none; color: var(--accent); font: inherit; text-decoration: underline; text-underline-offset: 0.15em; }
.badge { padding: 0.0625rem 0.5rem; border-radius: 999px; background: var(--surface); color: var(--muted); font-size: 0.75rem; white-space: nowrap; }
.badge.good { background: var(--wash); color: var(--accent); }
.badge.bad { background: var(--danger-wash); color: var(--danger); }
.layout { display: grid; grid-template-columns: minmax(9rem, 14rem) minmax(0, var(--wide)); gap: 2rem; justify-content: center; padding: 1.5rem 1.25rem 4rem; }
.outline { position: sticky; top: 4.5rem; align-self: start; max-height: calc(100vh - 6rem); overflow: auto; font-size: var(--small); line-height: 1.4; border-left: 1px solid var(--hairline); }
.outline ol { list-style: none; margin: 0; padding: 0; }
.outline a { display: block; padding: 0.1875rem 0.75rem; color: var(--muted); text-decoration: none; overflow-wrap: anywhere; }
.outline a:hover, .outline a[aria-current] { color: var(--ink); }
.outline .heading a { color: var(--ink); font-weight: 600; }
.outline .mark { color: var(--warn); }
main { min-width: 0; }
.cell { margin: 0 0 1.5rem; max-width: var(--column); }
.cell:has(.outputs.grid) { max-width: none; }
h2.id { margin: 0 0 0.25rem; font: 500 0.75rem / 1.4 var(--mono); }
h2.id a { color: var(--muted); text-decoration: none; }
h2.id a:hover { text-decoration: underline; }
.made { color: var(--muted); font-size: var(--small); margin: 0 0 1.25rem; max-width: var(--column); }
.warning, .mark:is(p) { margin: 0 0 0.5rem; padding: 0.375rem 0.75rem; border-radius: var(--radius); background: var(--warn-wash); color: var(--ink); font-size: var(--small); }
.warning { max-width: var(--column); margin-bottom: 1.25rem; }
.mark b { color: var(--warn); }
.mark.failed { background: var(--danger-wash); }
.mark.failed b { color: var(--danger); }
.mark.not-run, .mark.disabled { background: var(--surface); }
.mark.not-run b, .mark.disabled b { color: var(--muted); }
[data-mark="stale"] .outputs, [data-mark="unknown"] .outputs { border-left: 3px solid var(--warn); padding-left: 0.75rem; }
.code { margin: 0 0 0.75rem; background: var(--surface); border-radius: var(--radius); font-size: var(--code); }
.code summary { padding: 0.375rem 0.75rem; color: var(--muted); cursor: pointer; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.code[open] summary code { visibility: hidden; }
.code code { font-family: var(--mono); }
.code pre { margin: -1.75rem 0 0; padding: 0.375rem 0.75rem 0.75rem 1.75rem; overflow: auto; line-height: 1.6; }
.k { color: var(--code-keyword); } .s { color: var(--code-string); } .n { color: var(--code-number); } .c { color: var(--code-comment); } .t { color: var(--code-type); }
.inputs { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0 0 0.75rem; font-size: var(--small); }
.inputs > div { display: flex; gap: 0.5rem; max-width: 100%; }
.inputs dt { color: var(--muted); }
.inputs dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; white-space: pre-wrap; }
.live { font-weight: 400; font-size: 0.75rem; color: var(--accent); }
.errors { margin: 0 0 0.75rem; padding: 0.5rem 0.75rem 0.5rem 1.75rem; background: var(--danger-wash); color: var(--danger); border-radius: var(--radius); font-size: var(--small); white-space: pre-wrap; overflow-wrap: anywhere; }
.output { margin: 0 0 0.75rem; min-width: 0; }
.outputs.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem 1.5rem; }
.output > img { max-width: 100%; display: block; }
.output > iframe { width: 100%; height: 14rem; border: 1px solid var(--hairline); border-radius: var(--radius); background: #fff; color-scheme: light; resize: vertical; overflow: auto; }
pre.text { margin: 0; font: var(--code) / 1.6 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow: auto; }
.value { font: var(--code) / 1.6 var(--mono); overflow-wrap: anywhere; }
.value summary { cursor: pointer; }
.value .children { padding-left: 1.25rem; border-left: 1px solid var(--hairline); }
.value .string { color: var(--code-string); } .value :is(.number, .boolean, .bigint) { color: var(--code-number); } .value :is(.rest, .null, .undefined) { color: var(--muted); } .value .key { color: var(--code-type); }
.console { font: 0.8125rem / 1.55 var(--mono); color: var(--muted); }
.console summary { cursor: pointer; font-family: var(--sans); }
.console pre { margin: 0; padding-left: 0.75rem; border-left: 2px solid var(--hairline); max-height: 16rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.console .warn { color: var(--warn); } .console .error { color: var(--danger); }
.note, .total, .missing, .muted { margin: 0.25rem 0 0; color: var(--muted); font-size: var(--small); }
.run { padding: 0.5rem 0.75rem; border: 1px solid var(--hairline); border-radius: var(--radius); font-size: var(--small); font-variant-numeric: tabular-nums; }
.run p { margin: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; }
.run .swatch { width: 0.625rem; height: 0.625rem; border-radius: 2px; margin-right: -0.5rem; }
.run .status { margin-left: auto; color: var(--accent); }
.run .status:is(.failed) { color: var(--danger); } .run .status:is(.stopped, .interrupted, .running) { color: var(--warn); }
.run summary { cursor: pointer; color: var(--muted); }
.run ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
.scroll { max-height: 26rem; overflow: auto; border: 1px solid var(--hairline); border-radius: var(--radius); }
.scroll table { border-collapse: separate; border-spacing: 0; min-width: 100%; font-size: var(--small); line-height: 1.45; }
.scroll th { position: sticky; top: 0; background: var(--surface); font-weight: 600; white-space: nowrap; }
.scroll :is(th, td) { padding: 0.375rem 0.75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--hairline); }
.scroll td { max-width: 24rem; white-space: pre-line; overflow-wrap: break-word; }
.scroll .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.static figure { margin: 0; max-width: 100%; background: transparent; }
.static :is(h2, h3) { margin: 0 0 0.25rem; font-size: var(--small); font-weight: 600; }
.static svg { --plot-background: var(--page); overflow: visible; font-family: var(--sans); font-size: 11px; font-variant-numeric: tabular-nums; display: block; max-width: 100%; height: auto; }
.static [class*="-swatches"] { font-family: var(--sans); font-size: var(--small); min-height: 26px; margin: 0 0 8px; align-items: center; color: var(--muted); }
.static [class*="-swatches"] svg { display: inline-block; width: 10px; height: 10px; border-radius: 2px; }
.enhanced > :is(.static, .scroll, .total, .note) { display: none; }
.needs-script { display: none; }
.scripted .needs-script { display: revert; }
.inside { position: fixed; inset: 0 0 0 auto; margin: 0; width: min(32rem, 100vw); height: 100%; max-height: none; border: 0; border-left: 1px solid var(--hairline); padding: 1rem 1.25rem 2rem; overflow: auto; background: var(--raised); color: var(--ink); font-size: var(--code); overflow-wrap: anywhere; box-shadow: 0 0 2rem rgb(0 0 0 / 0.2); }
.inside h2 { font-size: var(--large); margin: 0 2.5rem 0.75rem 0; }
.inside h3 { font-size: var(--text); margin: 1rem 0 0.25rem; }
.inside ul { margin: 0; padding-left: 1.25rem; }
.inside dl { margin: 0.5rem 0; }
.inside dl > div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 0.5rem; padding: 0.125rem 0; }
.inside dt { color: var(--muted); }
.inside dd { margin: 0; }
.inside .close { position: absolute; top: 0.75rem; right: 1rem; }
.digest { font: 0.75rem var(--mono); }
.author-note { white-space: pre-line; }
.states { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin: 0 0 1.25rem; padding: 0.5rem 0.75rem; background: var(--wash); border-radius: var(--radius); font-size: var(--small); max-width: var(--column); }
.states input { accent-color: var(--accent); flex: 1; min-width: 8rem; }
.running .outline, .running main > :not(.made, pal-run-in-page, footer) { display: none; }
footer { margin-top: 3rem; color: var(--muted); font-size: var(--small); }
@media (max-width: 60rem) {
  .layout { grid-template-columns: minmax(0, 1fr); gap: 1rem; padding: 1rem 1rem 3rem; }
  .outline { position: static; max-height: none; }
  .outline ol { columns: 2; }
}
@media (max-width: 40rem) { .top { padding: 0.25rem 1rem; } .prose h1 { font-size: 1.5rem; } }
@media print {
  :root { color-scheme: light !important; }
  .top { position: static; } .top button, .outline, .skip, .states input, .inside .close, .no-print { display: none !important; }
  .layout { display: block; padding: 0; } .cell { max-width: none; }
  .enhanced > :is(.static, .note, .total) { display: block; } .enhanced > .scroll { display: block; } .enhanced > :is(pal-share-chart, pal-share-table) { display: none; }
  .scroll, pre.text, .console pre { max-height: none; overflow: visible; border: 0; } .scroll th { position: static; }
  .code pre { white-space: pre-wrap; overflow-wrap: anywhere; } .chart, .run, tr { break-inside: avoid; } h2.id { break-after: avoid; }
  .inside { display: block; position: static; width: auto; height: auto; border: 0; border-top: 1px solid var(--hairline); box-shadow: none; overflow: visible; padding: 1rem 0; background: none; break-before: page; }
  .needs-script { display: none !important; }
}
`;

export const pageStyle = [tokens, prose].map(({ cssText }) => cssText.trim()).join("\n") + layout;
