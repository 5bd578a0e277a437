/** The look of the comparison of runs. */
import { css } from "lit";

export const comparePageStyles = css`
  :host {
    display: block;
  }
  main {
    max-width: var(--wide);
    margin: 0 auto;
    padding: 1rem 1.25rem 4rem;
  }
  h2 {
    margin: 1.75rem 0 0.5rem;
    font-size: var(--large);
    font-weight: 600;
  }
  th button.icon {
    width: 1.25rem;
    min-height: 1.25rem;
  }
  .key {
    display: inline-block;
    width: 0.75rem;
    height: 0.1875rem;
    margin-right: 0.375rem;
    vertical-align: middle;
  }
  small,
  .against {
    color: var(--muted);
    font-size: 0.75rem;
    font-weight: 400;
  }
  .against {
    display: block;
  }
  ins {
    background: var(--wash);
    color: var(--accent);
    text-decoration: none;
  }
  del {
    background: var(--danger-wash);
    color: var(--danger);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
    gap: 1rem 1.5rem;
    margin-top: 0.75rem;
  }
`;
