/** The layout of the notebook page: the column of cells and the outline. */
import { css } from "lit";

export const notebookPageStyles = css`
  :host {
    display: block;
    min-height: 100vh;
  }
  .layout {
    --main: calc(var(--gutter) + 1rem + var(--column));
    display: grid;
    grid-template-columns: minmax(0, var(--main));
    justify-content: center;
    gap: 0 3rem;
    padding: 1.5rem 1.25rem 30vh;
  }
  .layout.wide {
    --main: calc(var(--gutter) + 1rem + var(--wide));
  }
  main > :not([data-wide]) {
    max-width: calc(var(--gutter) + 1rem + var(--column));
  }
  pal-outline {
    display: none;
  }
  @media (min-width: 84rem) {
    .layout {
      grid-template-columns: minmax(0, var(--main)) 12rem;
    }
    pal-outline {
      display: block;
    }
  }
  .loading {
    color: var(--muted);
    padding-left: calc(var(--gutter) + 1rem);
  }
  @media (max-width: 56rem) {
    .layout {
      padding-inline: 1rem;
    }
  }
`;
