/** The look of the samples that flipped. */
import { css } from "lit";

export const samplesStyles = css`
  :host {
    display: block;
  }
  h3 {
    margin: 1rem 0 0.25rem;
    font-size: var(--text);
  }
  .flips {
    white-space: nowrap;
    max-width: none;
  }
  .flips button {
    margin: 0 0.25rem 0.25rem 0;
  }
  .item {
    display: grid;
    grid-template-columns: minmax(5rem, max-content) minmax(0, 1fr);
    gap: 0.125rem 0.75rem;
    margin: 0;
    padding: 0.5rem 0;
    border-bottom: 1px solid var(--hairline);
    font-size: var(--small);
    line-height: 1.4;
  }
  dt {
    max-width: 14rem;
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
`;
