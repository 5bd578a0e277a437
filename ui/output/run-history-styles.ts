/** The look of a run's history, which is attached to the bottom of the run's card. */
import { css } from "lit";

export const runHistoryStyles = css`
  :host {
    display: block;
  }
  .history {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 0.75rem 1.5rem;
    padding: 0.75rem 1rem;
    border: 1px solid var(--hairline);
    border-top: 0;
    border-radius: 0 0 var(--radius) var(--radius);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  h3 {
    margin: 0 0 0.375rem;
    font-size: var(--small);
    font-weight: 600;
  }
  .hint {
    color: var(--muted);
    margin: 0 0 0.375rem;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
    max-height: 14rem;
    overflow: auto;
  }
  .history li {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 2.125rem;
  }
  .history .changed li {
    min-height: 1.5rem;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .history .changed .alert {
    color: var(--warn);
  }
  .history li b {
    flex: 1;
    font-weight: 500;
  }
  .history li i {
    color: var(--muted);
    font-style: normal;
    font-weight: 400;
  }
  @media (max-width: 40rem) {
    .history {
      grid-template-columns: 1fr;
    }
  }
`;
