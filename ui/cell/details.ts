/** What there is to know about a cell beyond its status: what it takes, what it holds, what the cache and its streams have. */

import { css, html, nothing, type TemplateResult } from "lit";
import type { Holding } from "../../server/events.ts";
import { flagged } from "../../server/notebook/source/head.ts";
import { restorable } from "../../server/state/freshness.ts";
import { bytes, duration } from "../../server/state/quantity.ts";
import type { CellState } from "../../server/state/state.ts";
import { heldValues, refusalOf } from "../../server/state/state.ts";
import { clock } from "../look/time.ts";
import { isStream } from "./status.ts";

type Fact = readonly [name: string, said: string];

export function detailsOf(cell: CellState): TemplateResult {
  return html`<dl>
      ${[...timing(cell), ...memory(cell.tensors), ...cache(cell), ...streams(cell)].map(
        ([name, said]) => html`<dt>${name}</dt>
          <dd>${said}</dd>`,
      )}
    </dl>
    ${cell.generation === 0 && !cell.cost ? html`<p>It has not run yet.</p>` : nothing}`;
}

/** "f32 4 × 512 × 64" */
export function shapeText({ largest }: Holding): string | undefined {
  return largest && `${largest.dtype} ${largest.shape.length === 0 ? "scalar" : largest.shape.join(" × ")}`;
}

function cacheWords(cell: CellState): string | undefined {
  if (!flagged(cell.cell, "cache")) return undefined;
  if (heldValues(cell)?.restored)
    return `restored${cell.startedAt === undefined ? "" : ` at ${clock(cell.startedAt)}`}`;
  if (cell.cache.kind === "refused") return "not kept";
  return cell.cache.kind === "stored" && cell.cache.snapshot === cell.snapshot ? "kept" : "nothing yet";
}

function timing({ generation, ms, cost }: CellState): Fact[] {
  const facts: Fact[] = generation > 0 ? [["ran", generation === 1 ? "once" : `${generation} times`]] : [];
  if (ms !== undefined) facts.push(["last took", duration(ms)]);
  if (cost) facts.push(["cost", `${duration(cost.seconds * 1000)}${cost.bytes > 0 ? `, ${bytes(cost.bytes)}` : ""}`]);
  return facts;
}

function memory(tensors: Holding): Fact[] {
  if (tensors.count === 0 && !tensors.peak) return [];
  const { peak, largest } = tensors;
  return [
    ["holds", `${bytes(tensors.bytes)} in ${tensorCount(tensors.count)}`],
    ...(peak === undefined ? [] : [["peak", bytes(peak)] as const]),
    ...(largest ? [["largest", `${bytes(largest.bytes)}, ${shapeText(tensors)}`] as const] : []),
  ];
}

function cache(cell: CellState): Fact[] {
  const words = cacheWords(cell);
  if (words === undefined) return [];
  const refusal = refusalOf(cell);
  const why = refusal !== undefined && !heldValues(cell)?.restored ? `: ${refusal}` : "";
  return [["cache", `${words}${why}${restorable(cell) ? "; it comes back without computing" : ""}`]];
}

function streams(cell: CellState): Fact[] {
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
