/** The look of the pages of records: the list, and one record. */
import { css } from "lit";

export const recordsStyles = css`
  :host {
    display: block;
    min-height: 100dvh;
  }
  header {
    font-size: var(--small);
  }
  main {
    max-width: 60rem;
    margin: 0 auto;
    padding: 1.5rem 1.25rem 4rem;
    font-size: var(--code);
  }
  h1.title {
    margin: 0;
    font-size: var(--title);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 1.75rem 0 0.5rem;
    font-size: var(--text);
  }
  p {
    margin: 0.375rem 0;
    overflow-wrap: anywhere;
  }
  .note {
    white-space: pre-wrap;
  }
  .muted {
    color: var(--muted);
  }
  .fault {
    color: var(--danger);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin: 1rem 0;
  }
  a.button {
    display: inline-flex;
    align-items: center;
    min-height: 1.875rem;
    padding: 0 0.625rem;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--ink);
    font-size: var(--small);
    font-weight: 500;
    text-decoration: none;
  }
  a.button:hover {
    border-color: var(--edge);
  }
  .certificate {
    padding: 0.625rem 0.875rem;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    margin-top: 0.75rem;
    border-collapse: collapse;
    font-size: var(--small);
    line-height: 1.4;
  }
  th,
  td {
    padding: 0.4rem 0.75rem 0.4rem 0;
    border-bottom: 1px solid var(--hairline);
    text-align: left;
    vertical-align: top;
  }
  th {
    color: var(--muted);
    font-weight: 500;
  }
  td.text {
    max-width: 20rem;
    overflow-wrap: anywhere;
  }
  td.nowrap {
    white-space: nowrap;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr);
    gap: 0.125rem 1rem;
    margin: 0;
    font-size: var(--small);
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  code {
    font-family: var(--mono);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
`;
