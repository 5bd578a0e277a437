/** The look of the outline. */
import { css } from "lit";

export const outlineStyles = css`
  nav {
    position: sticky;
    top: 5rem;
    max-height: calc(100vh - 7rem);
    overflow: auto;
    font-size: var(--small);
    line-height: 1.4;
    border-left: 1px solid var(--hairline);
  }
  button {
    all: unset;
    box-sizing: border-box;
    display: flex;
    align-items: center;
    gap: 0.4rem;
    width: 100%;
    padding: 0.1875rem 0.75rem;
    color: var(--muted);
    cursor: pointer;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  button > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  button:hover,
  button.heading {
    color: var(--ink);
  }
  button.heading {
    font-weight: 600;
  }
  button.heading:not(:first-child) {
    margin-top: 0.375rem;
  }
  button:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .failed,
  .error {
    color: var(--danger);
  }
  :is(.running, .streaming, .cached, .done) {
    color: var(--accent);
  }
  .blocked,
  .stopped,
  .paused,
  .stale {
    color: var(--warn);
  }
`;
