/** How far a sweep is: a bar with a part for each state, and the states in words. */
import { css, html, type TemplateResult } from "lit";
import type { StatusCounts } from "../../server/sweep/api.ts";

export type Status = keyof StatusCounts;
/** In the order of the bar. */
export const STATUSES: readonly Status[] = ["done", "failed", "running", "waiting", "interrupted", "missing"];

export const progressStyles = css`
  .bar {
    display: flex;
    gap: 1px;
    width: 100%;
    min-width: 6rem;
    height: 0.5rem;
    overflow: hidden;
    border-radius: 999px;
    background: var(--surface);
    box-shadow: inset 0 0 0 1px var(--hairline);
  }
  .bar .done {
    background: var(--accent);
  }
  .bar .failed {
    background: var(--danger);
  }
  .bar .running {
    background: var(--warn);
  }
  .bar .interrupted {
    background: var(--edge);
  }
  .status {
    white-space: nowrap;
  }
  .status.done {
    color: var(--accent);
  }
  .status.failed {
    color: var(--danger);
  }
  .status:is(.running, .interrupted) {
    color: var(--warn);
  }
  .status:is(.waiting, .missing) {
    color: var(--muted);
  }
`;

/** "3 done, 1 failed" */
export function countsText(counts: StatusCounts): string {
  const present = STATUSES.filter((status) => counts[status] > 0);
  return present.map((status) => `${counts[status]} ${status}`).join(", ");
}

export function progressBar(counts: StatusCounts): TemplateResult {
  const shown = STATUSES.filter((status) => counts[status] > 0 && status !== "missing" && status !== "waiting");
  const total = Math.max(
    1,
    STATUSES.reduce((sum, status) => sum + counts[status], 0),
  );
  return html`<div class="bar" role="img" aria-label=${countsText(counts)}>
    ${shown.map((status) => html`<span class=${status} style="flex: 0 0 ${(100 * counts[status]) / total}%"></span>`)}
  </div>`;
}
