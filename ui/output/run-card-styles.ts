/** How the card of a run looks; places are kept for what comes and goes, so that nothing moves. */
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
  /* Their place is kept, so that nothing moves when a run ends. */
  .over {
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
  .steps {
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
  .quietly {
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
  .steps li {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 2.125rem;
  }
  .steps .changed li {
    min-height: 1.5rem;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .steps .changed .alert {
    color: var(--warn);
  }
  .steps li b {
    flex: 1;
    font-weight: 500;
  }
  .steps li i {
    color: var(--muted);
    font-style: normal;
    font-weight: 400;
  }
  form {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0.5rem 0.75rem;
    padding-top: 0.75rem;
    border-top: 1px solid var(--hairline);
  }
  form h3 {
    flex-basis: 100%;
  }
  label {
    display: grid;
    gap: 0.125rem;
    color: var(--muted);
  }
  label input {
    width: 8rem;
  }
  @media (max-width: 40rem) {
    .card {
      grid-template-columns: 1fr auto;
      padding-block: 0.5rem;
    }
    .name {
      min-height: 2.4rem;
    }
    .steps {
      grid-template-columns: 1fr;
    }
  }
`;
