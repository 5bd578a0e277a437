/** The header of the pages of runs and records: the way home, then where one is. */
import { css } from "lit";

export const pageHeaderStyles = css`
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    min-height: 3.25rem;
    padding: 0.5rem 1.25rem;
    border-bottom: 1px solid var(--hairline);
  }
  .home {
    color: var(--ink);
    font-size: var(--text);
    font-weight: 650;
    text-decoration: none;
  }
  .place {
    flex: 1;
    margin: 0;
    font-size: var(--code);
    font-weight: 400;
    color: var(--muted);
  }
  .place::before {
    content: "/";
    margin: 0 0.375rem;
    color: var(--edge);
  }
  .place a {
    color: inherit;
  }
`;
