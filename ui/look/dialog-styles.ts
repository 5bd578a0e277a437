/** The look of a dialog with fields and buttons. */
import { css } from "lit";

export const dialogStyles = css`
  dialog {
    width: min(34rem, calc(100vw - 2rem));
    max-height: calc(100dvh - 4rem);
    overflow: auto;
    padding: 1.25rem 1.5rem 1.5rem;
    border: 1px solid var(--hairline);
    border-radius: calc(var(--radius) * 1.5);
    background: var(--raised);
    color: var(--ink);
    box-shadow: 0 12px 40px rgb(0 0 0 / 0.2);
    font-size: var(--code);
    line-height: 1.5;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.3);
  }
  h2 {
    margin: 0 0 0.25rem;
    font-size: var(--large);
  }
  p {
    margin: 0 0 0.75rem;
  }
  .about {
    color: var(--muted);
  }
  label.field {
    display: grid;
    gap: 0.25rem;
    margin-bottom: 0.75rem;
    color: var(--muted);
    font-size: var(--small);
  }
  label.field > * {
    width: 100%;
    color: var(--ink);
  }
  fieldset {
    margin: 0 0 0.75rem;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    color: var(--muted);
    font-size: var(--small);
  }
  .fault {
    color: var(--danger);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 0.5rem 0.75rem;
  }
`;
