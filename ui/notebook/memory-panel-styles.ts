/** The look of the memory in the bar and of its panel. */
import { css } from "lit";

export const memoryPanelStyles = css`
  [slot="opener"] {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-width: 6.75rem;
    justify-content: end;
    font-size: var(--small);
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  @media (max-width: 40rem) {
    [slot="opener"] {
      min-width: 0;
    }
  }
  .nearly-full {
    color: var(--warn);
  }
  .meter {
    position: relative;
    width: 2.5rem;
    height: 0.375rem;
    border-radius: 3px;
    overflow: hidden;
    background: var(--hairline);
  }
  .meter i {
    position: absolute;
    inset: 0;
    background: currentColor;
    transform-origin: left;
  }
  p {
    margin: 0 0 0.625rem;
  }
  b {
    white-space: nowrap;
  }
  p:last-child {
    margin: 0.625rem 0 0;
    color: var(--muted);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th {
    font-weight: 500;
    color: var(--muted);
  }
  th,
  td {
    padding: 0.1875rem 0 0.1875rem 0.75rem;
    text-align: right;
    white-space: nowrap;
    border-bottom: 1px solid var(--hairline);
  }
  :is(th, td):first-child {
    width: 100%;
    max-width: 0;
    padding-left: 0;
    text-align: left;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .background {
    color: var(--muted);
  }
`;
