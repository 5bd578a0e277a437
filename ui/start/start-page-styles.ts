/** The look of the start page. */
import { css } from "lit";

export const startPageStyles = css`
  :host {
    display: block;
    max-width: 50rem;
    margin: 0 auto;
    padding: 3.5rem 1.25rem 6rem;
  }
  header {
    display: flex;
    align-items: start;
    justify-content: space-between;
    gap: 1rem;
  }
  nav {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    font-size: var(--code);
  }
  h1 {
    margin: 0;
    font-size: var(--title);
    font-weight: 650;
    letter-spacing: -0.015em;
    line-height: 1.2;
  }
  .workspace {
    margin: 0.375rem 0 0;
    color: var(--muted);
    font: var(--small) / 1.5 var(--mono);
    overflow-wrap: anywhere;
  }
  form {
    display: flex;
    gap: 0.5rem;
    margin: 2rem 0 1rem;
  }
  form input {
    flex: 1;
    min-height: 2.25rem;
  }
  form button {
    min-height: 2.25rem;
  }
  .error {
    margin: 0 0 1rem;
    padding: 0.5rem 0.875rem;
    border-left: 3px solid var(--danger);
    background: var(--danger-wash);
    border-radius: 0 var(--radius) var(--radius) 0;
    font-size: var(--code);
  }
  ul {
    list-style: none;
    margin: 0 -0.75rem;
    padding: 0;
    border-top: 1px solid var(--hairline);
  }
  li {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0.125rem 1rem;
    padding: 1.125rem 0.75rem;
    border-bottom: 1px solid var(--hairline);
  }
  li:hover {
    background: var(--surface);
  }
  .title {
    font-size: var(--large);
    font-weight: 600;
    line-height: 1.35;
    color: var(--ink);
    text-decoration: none;
  }
  .title::after {
    content: "";
    position: absolute;
    inset: 0;
  }
  .title:focus-visible {
    outline: none;
  }
  .title:focus-visible::after {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .summary {
    grid-column: 1;
    margin: 0.125rem 0 0.25rem;
    max-width: 40rem;
    line-height: 1.5;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .details {
    grid-column: 1;
    color: var(--muted);
    font-size: var(--small);
  }
  pal-running-kernel {
    grid-column: 1 / -1;
  }
  .details code {
    font-family: var(--mono);
  }
  .running {
    color: var(--accent);
    font-weight: 600;
  }
  li button {
    position: relative;
    z-index: 1;
  }
  .empty {
    padding: 2rem 0;
    color: var(--muted);
  }
`;
