/** The look of the page of runs. */
import { css } from "lit";

export const runsPageStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto auto minmax(0, 1fr);
    height: 100dvh;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    padding: 0.5rem 1.25rem;
  }
  .other {
    font-size: var(--small);
  }
  .tools input[name="filter"] {
    flex: 1 1 16rem;
    min-width: 10rem;
    font-family: var(--mono);
  }
  .count {
    color: var(--muted);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  .fault,
  .undo {
    flex-basis: 100%;
    margin: 0;
    font-size: var(--small);
  }
  .fault {
    color: var(--danger);
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    min-height: 0;
  }
  .body.open {
    grid-template-columns: minmax(0, 1fr) 22rem;
  }
  pal-run-query,
  pal-prune,
  .links {
    max-height: 60dvh;
    overflow: auto;
    border-bottom: 1px solid var(--hairline);
  }
  .links {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    margin: 0;
    padding: 0.75rem 1.25rem;
    background: var(--surface);
    font-size: var(--small);
  }
  [aria-pressed="true"] {
    color: var(--accent);
    border-color: var(--accent);
    background: var(--wash);
  }
  @media (max-width: 48rem) {
    header,
    .tools {
      padding: 0.375rem 1rem;
    }
    .body.open {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;
