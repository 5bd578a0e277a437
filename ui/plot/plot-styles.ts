/** The look of a chart: the place that is reserved for it, and the parts that Observable Plot draws. */
import { css } from "lit";

export const plotStyles = css`
  :host {
    display: block;
  }
  .box {
    position: relative;
    color: var(--ink);
  }
  [hidden] {
    display: none !important;
  }
  .waiting {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    color: var(--muted);
    font-size: var(--small);
    border: 1px dashed var(--hairline);
    border-radius: var(--radius);
  }
  p {
    margin: 0;
    color: var(--danger);
    font-size: var(--small);
  }
  p.note {
    color: var(--muted);
  }
  .holder a {
    cursor: pointer;
    text-decoration: underline;
  }
  .holder a:is(:hover, :focus-visible) {
    outline: 1px solid var(--accent);
  }
  .holder figure {
    margin: 0;
    max-width: 100%;
    background: transparent;
  }
  .holder :is(h2, h3) {
    margin: 0 0 0.25rem;
    font-size: var(--small);
    font-weight: 600;
  }
  .holder svg {
    --plot-background: var(--page);
    overflow: visible;
    font-family: var(--sans);
    font-size: 11px;
    font-variant-numeric: tabular-nums;
    display: block;
    max-width: 100%;
  }
  .holder [aria-label="tip"] {
    --plot-background: var(--raised);
  }
  .holder [class*="-swatches"] {
    font-family: var(--sans);
    font-size: var(--small);
    min-height: 26px;
    margin: 0 0 8px;
    align-items: center;
    color: var(--muted);
  }
  .beside [class*="-swatches"] {
    position: absolute;
    top: 0;
    right: 0;
    min-height: 0;
    margin: 0;
    font-size: 0.75rem;
  }
  .holder [class*="-swatches"] svg {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 2px;
  }
`;
