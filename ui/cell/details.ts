/** The details of a cell in its gutter: its runs and their cost, its tensors, its cached result and its streams. */
import { css, html, nothing, type TemplateResult } from "lit";
import { flagged } from "../../server/notebook/source/head.ts";
import { type CellState, heldValues, refusalOf } from "../../server/state/cell-state.ts";
import { restorable } from "../../server/state/freshness.ts";
import { bytes, duration } from "../../server/state/quantity.ts";
import type { Holding } from "../../server/values.ts";
import { clock } from "../look/time.ts";
import { isStream } from "./status.ts";

type Detail = readonly [name: string, text: string];

export function detailsOf(cell: CellState): TemplateResult {
  return html`<dl>
      ${[...runs(cell), ...memory(cell.tensors), ...cache(cell), ...streams(cell)].map(
        ([name, text]) => html`<dt>${name}</dt>
          <dd>${text}</dd>`,
      )}
    </dl>
    ${cell.generation === 0 && !cell.cost ? html`<p>This cell has not run yet.</p>` : nothing}`;
}

/** "float32 4 × 512 × 64" */
export function shapeText({ largest }: Holding): string | undefined {
  return largest && `${largest.dtype} ${largest.shape.length === 0 ? "scalar" : largest.shape.join(" × ")}`;
}

function runs({ generation, ms, cost }: CellState): Detail[] {
  return [
    ...(generation > 0 ? [["runs", String(generation)] as const] : []),
    ...(ms === undefined ? [] : [["last run", duration(ms)] as const]),
    ...(cost
      ? [
          [
            "expected cost",
            `${duration(cost.seconds * 1000)}${cost.bytes > 0 ? `, ${bytes(cost.bytes)}` : ""}`,
          ] as const,
        ]
      : []),
  ];
}

function memory(tensors: Holding): Detail[] {
  if (tensors.count === 0 && !tensors.peak) return [];
  const { peak, largest } = tensors;
  return [
    ["memory", `${bytes(tensors.bytes)} in ${tensorCount(tensors.count)}`],
    ...(peak === undefined ? [] : [["peak", bytes(peak)] as const]),
    ...(largest ? [["largest tensor", `${bytes(largest.bytes)}, ${shapeText(tensors)}`] as const] : []),
  ];
}

function cache(cell: CellState): Detail[] {
  return flagged(cell.cell, "cache") ? [["cache", cacheText(cell)]] : [];
}

function cacheText(cell: CellState): string {
  if (heldValues(cell)?.restored)
    return `restored${cell.startedAt === undefined ? "" : ` at ${clock(cell.startedAt)}`}`;
  const refusal = refusalOf(cell);
  if (refusal !== undefined) return `not cached: ${refusal}`;
  const { cache } = cell;
  if (cache.kind === "unused" && cache.snapshot === cell.snapshot)
    return `the cached result is not used: ${cache.reason}`;
  if (cache.kind !== "stored" || cache.snapshot !== cell.snapshot) return "nothing cached yet";
  if (restorable(cell)) return "cached; it is restored without running";
  return cache.replaced === undefined ? "cached" : `cached; an earlier result was not used: ${cache.replaced}`;
}

function streams(cell: CellState): Detail[] {
  if (!isStream(cell)) return [];
  return (cell.analysis?.streams ?? []).map(
    ({ name }) => [name, valueCount(heldValues(cell)?.streams?.[name] ?? 0)] as const,
  );
}

export function tensorCount(count: number): string {
  return `${count} ${count === 1 ? "tensor" : "tensors"}`;
}

export function valueCount(count: number): string {
  return `${count} ${count === 1 ? "value" : "values"}`;
}

export const detailStyles = css`
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.25rem 1rem;
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  p {
    margin: 0;
  }
`;
