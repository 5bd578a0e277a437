/** The look of a notebook that runs in a page. */
import { css } from "lit";

export const runInPageStyles = css`
  :host {
    display: block;
    color: var(--ink);
    font-size: var(--body);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.5rem 0;
  }
  .about {
    color: var(--muted);
    font-size: var(--small);
  }
  .bar [data-action="end-here"] {
    margin-left: auto;
  }
  .verdict {
    padding: 0.25rem 0.75rem;
    border-radius: 999px;
    background: var(--surface);
    font-variant-numeric: tabular-nums;
  }
  .verdict.good {
    background: var(--wash);
    color: var(--accent);
  }
  .verdict.bad,
  p.bad {
    color: var(--danger);
  }
  section {
    margin: 0.75rem 0;
  }
  summary {
    cursor: pointer;
  }
  pre {
    margin: 0.5rem 0;
    overflow: auto;
    font: var(--code) / 1.6 var(--mono);
  }
`;
