/** The look of the dialog that starts a sweep, beside what it shares with the one that saves an experiment. */
import { css } from "lit";

export const startSweepStyles = css`
  .knob {
    margin: 0;
    padding: 0.5rem 0;
    border-top: 1px solid var(--hairline);
  }
  .knob legend {
    float: left;
    width: 100%;
    font-family: var(--mono);
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  .knob .now {
    font-family: var(--sans);
    color: var(--muted);
  }
  .row,
  .options,
  .numbers {
    clear: both;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.625rem;
  }
  .row {
    padding-top: 0.25rem;
    font-size: var(--small);
  }
  .row :is([name="values"]) {
    flex: 1;
    min-width: 8rem;
  }
  .row .bound {
    width: 6rem;
  }
  .row label,
  .options label {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
  }
  .knob .fault {
    margin: 0.25rem 0 0;
    font-size: var(--small);
  }
  .numbers {
    align-items: end;
    padding: 0.625rem 0;
    border-top: 1px solid var(--hairline);
  }
  .numbers label.field {
    margin: 0;
  }
  .numbers input {
    width: 6rem;
  }
  .summary {
    padding: 0.5rem 0.875rem;
    border-left: 3px solid var(--accent);
    border-radius: 0 var(--radius) var(--radius) 0;
    background: var(--wash);
  }
  [aria-invalid="true"] {
    border-color: var(--danger);
  }
`;
