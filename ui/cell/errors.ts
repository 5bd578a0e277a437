/**
 * Why a cell failed or cannot run, and what its user should know: its errors and warnings, each with links to its place in the code and to the cells that it mentions,
 * and the cell that blocks it.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import type { CellError, CellId, CellWarning } from "../../server/notebook/types.ts";
import { type Blocker, blockerOf, type CellState } from "../../server/state/cell-state.ts";
import type { Session } from "../session/session.ts";
import { cellLink, goTo } from "./cell-link.ts";
import { mentionStyles, withMentions } from "./mentions.ts";

const kinds: Readonly<Record<CellError["kind"], string>> = {
  syntax: "Syntax error",
  "multiple-definition": "Defined twice",
  cycle: "Cycle",
  "unknown-name": "Unknown name",
  "foreign-assignment": "Assignment to another cell's name",
  unsupported: "Not supported",
  runtime: "Error",
  blocked: "Blocked",
};

export function allErrors(cell: CellState): readonly CellError[] {
  return cell.error ? [...cell.errors, cell.error] : cell.errors;
}

export function errorsOf(cell: CellState, session: Session): TemplateResult | typeof nothing {
  const errors = allErrors(cell);
  const cause = blockerOf(cell);
  const blocker = cause && cause.chain.length > 0 && errors.length === 0 ? cause : undefined;
  const warnings = cell.warnings ?? [];
  if (errors.length === 0 && !blocker && warnings.length === 0) return nothing;
  const ids = session.state.cells.map((each) => each.cell.id);
  return html`<ul class="errors" role="list">
    ${errors.map((error) => entry(error, cell.cell.id, ids))} ${blocker ? blockedBy(blocker, session) : nothing}
    ${warnings.map((warning) => warningEntry(warning, cell.cell.id, ids))}
  </ul>`;
}

const reasons: Readonly<Record<Blocker["why"], string>> = {
  error: "has an error",
  disabled: "is disabled",
  failed: "failed",
  stopped: "was stopped",
};

function blockedBy({ why, chain }: Blocker, session: Session): TemplateResult {
  const [cause, ...between] = chain;
  const enable = (): unknown => session.send({ type: "flag", cell: cause!, flag: "disabled", on: false });
  const through = between.map((each, i) => html`${i > 0 ? " and " : ", through "}${cellLink(each)}`);
  return html`<li class="blocked">
    <b>Blocked</b> This cell depends on ${cellLink(cause!)}, which ${reasons[why]}${through}.
    ${why === "disabled" ? html`<button data-action="enable" @click=${enable}>Enable ${cause}</button>` : nothing}
  </li>`;
}

function entry(error: CellError, cell: CellId, ids: readonly CellId[]): TemplateResult {
  return html`<li class=${error.kind === "blocked" ? "blocked" : "error"} data-error=${error.kind}>
    <b>${kinds[error.kind]}</b> ${details(error, cell, ids)}
  </li>`;
}

function warningEntry(warning: CellWarning, cell: CellId, ids: readonly CellId[]): TemplateResult {
  return html`<li class="warning" data-warning>
    <b>Warning</b> ${details(warning, cell, ids)}
  </li>`;
}

type Message = Pick<CellError, "message" | "position" | "cells">;

/** The place, the message, and the other cells involved. */
function details({ position, message, cells = [] }: Message, cell: CellId, ids: readonly CellId[]): TemplateResult {
  const others = cells.filter((each) => each !== cell);
  return html`
    ${
      position
        ? html`<button class="link place" @click=${(event: Event) => goTo(event.currentTarget!, { cell, position })}>line ${position.line}:${position.column + 1}</button>`
        : nothing
    }
    <span class="message">${withMentions(message, ids)}</span>
    ${others.length > 0 ? html`<span class="others">See ${others.map((each, i) => html`${i ? ", " : ""}${cellLink(each)}`)}.</span>` : nothing}
  `;
}

export const errorStyles = [
  mentionStyles,
  css`
  .errors {
    list-style: none;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 0.5rem;
  }
  .errors li {
    padding: 0.5rem 0.875rem;
    border-left: 3px solid var(--danger);
    border-radius: 0 var(--radius) var(--radius) 0;
    background: var(--danger-wash);
    font-size: var(--code);
  }
  .errors li.blocked,
  .errors li.warning {
    border-color: var(--warn);
    background: var(--warn-wash);
  }
  .errors b {
    color: var(--danger);
    margin-right: 0.5rem;
    font-weight: 600;
  }
  .errors .blocked b,
  .errors .warning b {
    color: var(--warn);
  }
  .errors .place {
    margin-right: 0.5rem;
    font-family: var(--mono);
    font-size: 0.8125rem;
  }
  .errors .message {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .errors [data-action="enable"] {
    min-height: 1.5rem;
    margin-left: 0.5rem;
  }
  .errors .others {
    display: block;
    color: var(--muted);
    font-size: var(--small);
  }
`,
];
