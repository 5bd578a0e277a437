/** The look of an inspected value. */
import { css } from "lit";

export const inspectorStyles = css`
  :host {
    display: block;
    font: var(--code) / 1.6 var(--mono);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  button {
    all: unset;
    cursor: pointer;
    border-radius: 3px;
  }
  button::before {
    content: "▸";
    display: inline-block;
    width: 1.1em;
    color: var(--muted);
  }
  button[aria-expanded="true"]::before {
    content: "▾";
  }
  button:focus-visible {
    outline: 2px solid var(--accent);
  }
  .children {
    padding-left: 1.1em;
    border-left: 1px solid var(--hairline);
    margin-left: 0.4em;
  }
  .key,
  .function {
    color: var(--accent);
  }
  .string {
    color: var(--code-string);
  }
  .number,
  .boolean,
  .bigint {
    color: var(--code-number);
  }
  .null,
  .undefined,
  .opaque,
  .rest {
    color: var(--muted);
  }
`;
