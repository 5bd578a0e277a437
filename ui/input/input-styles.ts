/** The look that all inputs share; what only one control needs is beside that control. */
import { css } from "lit";

export const inputStyles = css`
  :host {
    display: contents;
  }
  label,
  .label {
    color: var(--muted);
    font-size: var(--small);
    padding-top: 0.3rem;
  }
  .control {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-height: 2rem;
  }
  input[type="number"] {
    width: 5.5rem;
    font-variant-numeric: tabular-nums;
  }
  .live {
    color: var(--accent);
    font-size: 0.75rem;
    border: 1px solid currentColor;
    border-radius: 1rem;
    padding: 0 0.45rem;
    line-height: 1.4;
  }
`;
