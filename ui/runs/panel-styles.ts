/** The look of the panels above the list of runs: a row of controls, and what follows from them. */
import { css } from "lit";

export const panelStyles = css`
  :host {
    display: block;
    padding: 0.75rem 1.25rem 1.25rem;
    background: var(--surface);
    font-size: var(--small);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
    margin: 0.5rem 0;
  }
  [type="number"] {
    width: 5rem;
  }
  p {
    margin: 0.5rem 0;
  }
  ul {
    max-height: 12rem;
    overflow: auto;
    margin: 0;
    padding-left: 1.25rem;
    color: var(--muted);
    font-family: var(--mono);
  }
  .fault {
    color: var(--danger);
  }
`;
