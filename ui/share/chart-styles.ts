/** The look of a chart with its buttons. */
import { css } from "lit";

export const chartStyles = css`
  :host {
    display: block;
  }
  .plot {
    position: relative;
  }
  .band {
    position: absolute;
    top: 0;
    bottom: 0;
    background: var(--accent);
    opacity: 0.15;
    pointer-events: none;
  }
  .tools,
  .fields {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.375rem;
    align-items: center;
    font-size: var(--small);
    color: var(--muted);
  }
  .fields {
    margin: 0.375rem 0;
  }
  .fields input {
    width: 8rem;
  }
  .tools button {
    min-height: 1.5rem;
    padding: 0 0.5rem;
    font-size: 0.75rem;
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  .tools button:hover,
  .tools button[aria-expanded="true"] {
    color: var(--ink);
    background: var(--surface);
  }
  .series {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    align-items: center;
    margin-right: auto;
  }
  .series button {
    color: var(--ink);
  }
  .series button[aria-pressed="false"] {
    color: var(--muted);
    text-decoration: line-through;
  }
  .series i {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-right: 0.125rem;
    border-radius: 2px;
  }
  .series button[aria-pressed="false"] i {
    opacity: 0.3;
  }
  .files {
    display: flex;
  }
`;
