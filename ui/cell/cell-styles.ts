/** The look of a cell: gutter, body and tools. */
import { css } from "lit";

export const cellStyles = css`
  /* The browser leaves out what is not on the screen. There is room for the tools and the outline of the focus. */
  :host {
    display: block;
    scroll-margin: 5rem;
    content-visibility: auto;
    contain-intrinsic-height: auto var(--estimated-height, 10rem);
    overflow-clip-margin: 1.5rem;
  }
  article {
    display: grid;
    grid-template-columns: var(--gutter) minmax(0, 1fr);
    gap: 0 1rem;
    position: relative;
    border-radius: var(--radius);
  }
  article:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 0.375rem;
  }
  .gutter {
    position: relative;
  }
  pal-gutter {
    position: sticky;
    top: 4.25rem;
  }
  .disabled :is(pal-code, pal-text) {
    opacity: 0.55;
  }
  .markdown pal-gutter,
  pal-tools {
    opacity: 0;
    transition: opacity 0.12s;
  }
  article:hover :is(pal-gutter, pal-tools),
  article:focus-within :is(pal-gutter, pal-tools) {
    opacity: 1;
  }
  pal-tools {
    position: absolute;
    right: 0.375rem;
    top: -1rem;
    z-index: 2;
  }
  /* Folded code is one line, so it makes room for the tools, which are in that line. */
  article.is-folded pal-tools {
    top: -0.125rem;
  }
  @media (min-width: 56rem) {
    article.is-folded:is(:hover, :focus-within) {
      --tools-room: 17rem;
    }
  }
  @media (hover: none) {
    pal-tools,
    .markdown pal-gutter {
      opacity: 1;
    }
  }
  @media (max-width: 56rem) {
    article {
      grid-template-columns: minmax(0, 1fr);
    }
    pal-gutter {
      position: static;
    }
    .markdown .gutter {
      display: none;
    }
  }
`;
