/** The look of a code cell, unfolded and folded. */
import { css } from "lit";

export const codeCellStyles = css`
  :host {
    display: block;
  }
  .text-box {
    background: var(--surface);
    border: 1px solid transparent;
    border-radius: var(--radius);
  }
  .text-box:focus-within {
    border-color: var(--accent);
  }
  .strip {
    position: relative;
    height: 1.375rem;
    margin-top: 2px;
    font-size: 0.75rem;
    line-height: 1.375rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    display: flex;
    justify-content: space-between;
    gap: 1rem;
    overflow: hidden;
    white-space: nowrap;
  }
  .strip i {
    position: absolute;
    inset: 0 0 auto 0;
    height: 2px;
    background: var(--accent);
    transform-origin: left;
    border-radius: 1px;
  }
  .folded {
    position: relative;
    display: flex;
    align-items: center;
    gap: 1rem;
    height: 1.75rem;
    padding-right: var(--tools-room, 0);
  }
  .folded .line {
    flex: 1;
    min-width: 0;
    justify-content: start;
    padding: 0 0.5rem;
    min-height: 1.75rem;
    font: 0.8125rem var(--mono);
  }
  .folded .line code {
    overflow: hidden;
    text-overflow: ellipsis;
    font: inherit;
  }
  .folded .strip {
    position: static;
    flex: none;
    margin: 0 0.5rem 0 0;
  }
  .folded .strip i {
    inset: auto 0 0 0;
  }
`;
