/** The look of a run's card. Everything that comes and goes keeps its place, so that nothing moves. */
import { css } from "lit";

export const runCardStyles = css`
  :host {
    display: block;
  }
  .card {
    display: grid;
    grid-template-columns: minmax(7rem, 1fr) auto auto 5.5rem auto;
    gap: 0 1rem;
    align-items: center;
    min-height: 3.25rem;
    padding: 0 0.75rem 3px 1rem;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    position: relative;
    overflow: hidden;
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  .name {
    display: grid;
    min-width: 0;
    line-height: 1.35;
  }
  .method {
    font-size: var(--text);
    font-weight: 600;
  }
  .method::before {
    content: "";
    display: inline-block;
    width: 0.625rem;
    height: 0.625rem;
    margin-right: 0.5rem;
    border-radius: 2px;
    background: var(--series);
  }
  .changes {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.75rem;
    color: var(--muted);
  }
  .changes.alerted {
    color: var(--warn);
  }
  .badge {
    min-height: 0;
    margin-left: 0.5rem;
    padding: 0.125rem 0.375rem;
    border-color: var(--warn);
    color: var(--warn);
    font-size: 0.75rem;
  }
  .buttons {
    display: flex;
    gap: 0.25rem;
  }
  /* Buttons of an ended run keep their place. */
  .hidden {
    visibility: hidden;
  }
  .figure {
    color: var(--muted);
  }
  .figure b {
    color: var(--ink);
    font-weight: 500;
    display: inline-block;
    min-width: 4.5em;
  }
  .done {
    color: var(--accent);
  }
  .failed {
    color: var(--danger);
  }
  .stopped,
  .paused,
  .interrupted {
    color: var(--warn);
  }
  .bar {
    position: absolute;
    inset: auto 0 0 0;
    height: 3px;
    background: var(--hairline);
  }
  .bar i {
    display: block;
    height: 100%;
    width: 100%;
    background: var(--series);
    transform-origin: left;
  }
  p {
    margin: 0.375rem 0 0;
    font-size: var(--small);
    overflow-wrap: anywhere;
  }
  @media (max-width: 40rem) {
    .card {
      grid-template-columns: 1fr auto;
      padding-block: 0.5rem;
    }
    .name {
      min-height: 2.4rem;
    }
  }
`;
