/** The layout of the results of a cell. */
import { css } from "lit";

export const resultStyles = css`
  :host {
    display: block;
  }
  .results {
    display: flow-root;
    container-type: inline-size;
    padding-top: 0.25rem;
  }
  .results > * {
    margin-bottom: 0.875rem;
  }
  .results > :last-child {
    margin-bottom: 0.25rem;
  }
  .inputs {
    display: grid;
    grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
    gap: 0.375rem 1.25rem;
  }
  .inputs pal-input {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
  }
  .outputs {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.875rem 1.75rem;
    align-items: start;
  }
  @container (min-width: 56rem) {
    .inputs.grid {
      grid-template-columns: repeat(2, minmax(7rem, max-content) minmax(0, 1fr));
    }
    .inputs.grid pal-input {
      grid-column: span 2;
    }
  }
  @container (min-width: 44rem) {
    .outputs.grid {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .outputs.grid > :only-child {
      grid-column: 1 / -1;
    }
  }
  /* What a cell shows stays in its box, with room for the tips of charts and the mark of stale outputs. */
  .output {
    position: relative;
    contain: paint;
    overflow-clip-margin: 1.5rem;
  }
  .stale::before {
    content: "";
    position: absolute;
    inset: 0 auto 0 -0.625rem;
    border-left: 2px dashed var(--warn);
  }
`;
