/** The look of the dialog that saves an experiment. */
import { css } from "lit";

export const saveExperimentStyles = css`
  :host {
    display: block;
  }
  /* The bar has one row on a usual screen, and two on a narrow one. */
  @media (max-width: 84rem) {
    .more {
      display: none;
    }
  }
  @media (max-width: 40rem) {
    .word {
      display: none;
    }
    :host > button {
      padding: 0 0.375rem;
    }
  }
  input[type="radio"] {
    accent-color: var(--accent);
  }
  ul + .about {
    margin: 0.375rem 0 0;
  }
  .choice {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
    margin-right: 1rem;
  }
  ul {
    list-style: none;
    max-height: 14rem;
    overflow: auto;
    margin: 0.375rem 0 0;
    padding: 0.375rem 0.75rem;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--surface);
  }
  li label {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  li .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-family: var(--mono);
    font-size: var(--small);
  }
  li small {
    margin-left: auto;
    white-space: nowrap;
    color: var(--muted);
  }
  .unfinished {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    margin-bottom: 0.75rem;
    padding: 0.5rem 0.5rem 0.5rem 0.875rem;
    border-left: 3px solid var(--warn);
    border-radius: 0 var(--radius) var(--radius) 0;
    background: var(--warn-wash);
  }
  .unfinished p {
    flex: 1;
    margin: 0;
    overflow-wrap: anywhere;
  }
`;
