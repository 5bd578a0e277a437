/** The status of a cell as it is shown: one shape and one word for each, so that it can be read without colour. */
import { html, svg, type TemplateResult } from "lit";
import { blockerOf, type CellState, type CellStatus, heldValues } from "../../server/state/cell-state.ts";
import { alive, restorable } from "../../server/state/freshness.ts";

/**
 * `stale`: the outputs were computed from something other than the present notebook. `error`: the code cannot run.
 * `cached`: the values are not in the kernel, but the cache can restore them. `streaming` and `paused` cells are running.
 */
export type ShownStatus = CellStatus | "stale" | "error" | "disabled" | "cached" | "streaming" | "paused";

export function shownStatus(cell: CellState): ShownStatus {
  const { status, stale } = cell;
  const blocker = blockerOf(cell);
  if (status === "running") {
    if (!alive(cell)) return status;
    if (cell.paused) return "paused";
    return isStream(cell) ? "streaming" : status;
  }
  if (cell.errors.length > 0) return "error";
  if (blocker?.why === "disabled" && blocker.chain.length === 0) return "disabled";
  if (stale && (status === "done" || status === "idle")) return "stale";
  return status === "idle" && restorable(cell) ? "cached" : status;
}

export function statusWord(cell: CellState): string {
  const status = shownStatus(cell);
  switch (status) {
    case "idle":
      return "not run";
    case "running":
      return alive(cell) ? "training" : "running";
    case "done":
      return heldValues(cell)?.restored ? "restored" : "done";
    default:
      return status;
  }
}

/** Whether one of its constants is a stream. */
export function isStream({ analysis }: CellState): boolean {
  return (analysis?.streams.length ?? 0) > 0;
}

const shapes: Readonly<Record<ShownStatus, TemplateResult>> = {
  idle: svg`<circle cx="6" cy="6" r="4"/>`,
  queued: svg`<circle cx="6" cy="6" r="4"/><path d="M6 3.5V6l1.8 1.2"/>`,
  running: svg`<circle cx="6" cy="6" r="4" opacity=".3"/><path d="M6 2a4 4 0 0 1 4 4" class="turning"/>`,
  done: svg`<path d="M2 6.5l2.6 2.6L10 3.4"/>`,
  failed: svg`<path d="M3 3l6 6M9 3l-6 6"/>`,
  stopped: svg`<rect x="3" y="3" width="6" height="6" rx="1" fill="currentColor"/>`,
  blocked: svg`<circle cx="6" cy="6" r="4"/><path d="M3.2 8.8l5.6-5.6"/>`,
  error: svg`<circle cx="6" cy="6" r="4.5"/><path d="M6 3.5v3M6 8.4v.1"/>`,
  disabled: svg`<circle cx="6" cy="6" r="4" stroke-dasharray="1.6 1.6"/>`,
  cached: svg`<path d="M3 2h6v8L6 7.6 3 10z"/>`,
  streaming: svg`<path d="M1.5 6c1.5-3 3-3 4.5 0s3 3 4.5 0"/>`,
  paused: svg`<path d="M4.25 3v6M7.75 3v6"/>`,
  stale: svg`<circle cx="6" cy="6" r="4"/><path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor"/>`,
};

export function statusShape(status: ShownStatus): TemplateResult {
  return html`<svg class="icon status ${status}" viewBox="0 0 12 12" aria-hidden="true">${shapes[status]}</svg>`;
}
