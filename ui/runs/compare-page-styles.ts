/** The look of the comparison of runs. */
import { css } from "lit";

export const comparePageStyles = css`
  :host {
    display: block;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
  }
  main {
    max-width: var(--wide);
    margin: 0 auto;
    padding: 1rem 1.25rem 4rem;
  }
  h2 {
    margin: 1.75rem 0 0.5rem;
    font-size: var(--large);
    font-weight: 600;
  }
  .tools {
    font-size: var(--small);
    color: var(--muted);
  }
  .tools label {
    display: flex;
    align-items: center;
    gap: 0.375rem;
  }
  .wide {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: var(--small);
    line-height: 1.4;
  }
  th,
  td {
    padding: 0.375rem 0.75rem;
    border-bottom: 1px solid var(--hairline);
    text-align: left;
    vertical-align: top;
    min-width: 7rem;
    max-width: 22rem;
    overflow-wrap: anywhere;
  }
  thead th {
    font-weight: 600;
  }
  tbody th {
    position: sticky;
    left: 0;
    background: var(--page);
    color: var(--muted);
    font-weight: 400;
  }
  td.number {
    font-variant-numeric: tabular-nums;
  }
  th button.icon {
    width: 1.25rem;
    min-height: 1.25rem;
  }
  .key {
    display: inline-block;
    width: 0.75rem;
    height: 0.1875rem;
    margin-right: 0.375rem;
    vertical-align: middle;
  }
  small,
  .against {
    color: var(--muted);
    font-size: 0.75rem;
    font-weight: 400;
  }
  .against {
    display: block;
  }
  .better {
    color: var(--accent);
  }
  .worse {
    color: var(--danger);
  }
  ins {
    background: var(--wash);
    color: var(--accent);
    text-decoration: none;
  }
  del {
    background: var(--danger-wash);
    color: var(--danger);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
    gap: 1rem 1.5rem;
    margin-top: 0.75rem;
  }
  .hint {
    color: var(--muted);
    font-size: var(--small);
  }
  .fault {
    color: var(--danger);
  }
`;
