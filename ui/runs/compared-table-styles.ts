/** The look of the tables of a comparison, and of the controls above them. */
import { css } from "lit";

export const comparedTableStyles = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
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
  .better {
    color: var(--accent);
  }
  .worse {
    color: var(--danger);
  }
  .hint {
    color: var(--muted);
    font-size: var(--small);
  }
  .fault {
    color: var(--danger);
  }
`;
