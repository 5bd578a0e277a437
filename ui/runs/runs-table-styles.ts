/** The look of the list of runs. */
import { css } from "lit";

export const runsTableStyles = css`
  :host {
    display: block;
    min-height: 0;
    min-width: 0;
  }
  .scroll {
    height: 100%;
    overflow: auto;
    border-top: 1px solid var(--hairline);
    font-size: var(--small);
    line-height: 1.3;
  }
  .scroll:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .space {
    position: relative;
    min-width: 100%;
  }
  .row {
    position: absolute;
    left: 0;
    display: grid;
    align-items: center;
    height: 36px;
    min-width: 100%;
    border-bottom: 1px solid var(--hairline);
    background: var(--page);
    cursor: default;
  }
  .row > * {
    min-width: 0;
    padding: 0 0.5rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 3;
    background: var(--surface);
    color: var(--muted);
  }
  .head button {
    all: unset;
    box-sizing: border-box;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  .head button:focus-visible {
    outline: 2px solid var(--accent);
  }
  .head [aria-sort]:not([aria-sort="none"]) {
    color: var(--ink);
    font-weight: 600;
  }
  .row:hover,
  .row:hover .name {
    background: var(--surface);
  }
  .row[aria-selected="true"],
  .row[aria-selected="true"] .name {
    background: var(--wash);
  }
  .row.active {
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .row.active .name {
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .name {
    position: sticky;
    left: 0;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: 0.375rem;
    height: 100%;
    background: var(--page);
    border-right: 1px solid var(--hairline);
  }
  .head .name {
    background: var(--surface);
  }
  .name a {
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--ink);
    font-weight: 600;
    text-decoration: none;
  }
  .name a:hover {
    text-decoration: underline;
  }
  .name .rest {
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--muted);
  }
  .child .name {
    padding-left: 1.75rem;
  }
  .name input {
    flex: none;
    margin: 0;
  }
  .name button[data-action] {
    flex: none;
    width: 1.25rem;
    min-height: 1.25rem;
    padding: 0;
    border: 0;
    background: none;
    color: var(--muted);
  }
  .name button[data-action][aria-pressed="true"] {
    color: var(--accent);
  }
  .number {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .spark {
    display: block;
  }
  small {
    color: var(--muted);
    font-size: 0.75rem;
  }
  .status.running {
    color: var(--accent);
    font-weight: 600;
  }
  .status.failed {
    color: var(--danger);
  }
  .status:is(.interrupted, .stopped) {
    color: var(--warn);
  }
  .baseline {
    color: var(--accent);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .empty {
    padding: 2rem 1.25rem;
    color: var(--muted);
  }
`;
