/** Buttons, fields and other small parts that several views share, so that they look the same everywhere. */
import { css } from "lit";

export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  button,
  select,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    min-height: 1.875rem;
    padding: 0 0.625rem;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--raised);
    font-size: var(--small);
    font-weight: 500;
    line-height: 1;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--edge);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  button.quiet:hover:not(:disabled) {
    color: var(--ink);
    background: var(--surface);
  }
  button.icon {
    width: 1.75rem;
    min-height: 1.75rem;
    padding: 0;
  }
  button.link {
    display: inline;
    min-height: 0;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    font: inherit;
    text-decoration: underline;
    text-underline-offset: 0.15em;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  textarea,
  select,
  input[type="text"],
  input[type="number"] {
    min-height: 1.875rem;
    padding: 0 0.5rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--raised);
    font-size: var(--code);
  }
  textarea {
    padding: 0.375rem 0.5rem;
  }
  input[type="range"],
  input[type="checkbox"],
  progress {
    accent-color: var(--accent);
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.15em;
  }
  svg.icon {
    width: 1em;
    height: 1em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
