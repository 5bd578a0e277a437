/** The look of a state in the bar: a coloured dot and a word. */
import { css } from "lit";

export const statusDotStyles = css`
  .state {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    font-size: var(--small);
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .dot {
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    border: 1.5px solid currentColor;
    flex: none;
  }
  .good .dot {
    background: var(--accent);
    border-color: var(--accent);
  }
  .bad {
    color: var(--danger);
  }
  .wait {
    color: var(--warn);
  }
`;
