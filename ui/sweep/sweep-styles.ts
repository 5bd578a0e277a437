/** The look of the pages of sweeps, beside what they share with those of records. */
import { css } from "lit";

export const sweepStyles = css`
  :host(pal-sweep) main,
  :host(pal-sweeps) main {
    max-width: 72rem;
  }
  :host(:not(pal-sweep, pal-sweeps)) {
    min-height: 0;
  }
  td.number {
    text-align: right;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  td small {
    color: var(--muted);
  }
  td {
    vertical-align: baseline;
  }
  td.number + td:not(.number),
  th.number + th:not(.number) {
    padding-left: 1rem;
  }
  [data-sweep] td:first-child {
    min-width: 10rem;
  }
  td.progress {
    min-width: 11rem;
  }
  a.plain {
    color: inherit;
  }
  tr.seed td {
    color: var(--muted);
    border-bottom-style: dotted;
  }
  tr[data-place="front"] td {
    background: var(--wash);
  }
  td:first-child,
  th:first-child {
    padding-left: 0.5rem;
  }
  .front {
    padding: 0.0625rem 0.5rem;
    border-radius: 999px;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 0.75rem;
  }
  .actions {
    text-align: right;
    white-space: nowrap;
  }
  .actions button,
  button.fold {
    min-height: 1.5rem;
    padding: 0 0.375rem;
  }
  .filters,
  .choices {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.75rem;
    margin: 0.5rem 0;
    font-size: var(--small);
  }
  .choices label {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
    color: var(--muted);
  }
  .choices select {
    max-width: 14rem;
    color: var(--ink);
    font-size: var(--small);
  }
  .filters button {
    min-height: 1.5rem;
    border-radius: 999px;
  }
  [aria-pressed="true"] {
    color: var(--accent);
    border-color: var(--accent);
    background: var(--wash);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
    gap: 0 2rem;
  }
  .charts section {
    min-width: 0;
  }
  .above {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 1rem;
  }
  .above h2 {
    flex: 1;
  }
  .state {
    margin: 0.75rem 0 0.25rem;
  }
`;
