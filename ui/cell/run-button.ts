/** The button beside a cell: it runs, stops or enables the cell, depending on the status. */
import { html, type TemplateResult } from "lit";
import { flagged } from "../../server/notebook/source/head.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { type IconName, icon } from "../look/icon.ts";
import type { Session } from "../session/session.ts";
import { shownStatus } from "./status.ts";

/** @param run runs the cell after sending what was typed in it */
export function runButton(cell: CellState, session: Session, run: () => void): TemplateResult {
  const { id } = cell.cell;
  if (shownStatus(cell) === "disabled") {
    return button("enable", "off", `Enable ${id}`, "Enable this cell and the cells that depend on it", () =>
      session.send({ type: "flag", cell: id, flag: "disabled", on: false }),
    );
  }
  if (cell.status === "running" || cell.status === "queued") {
    return button("stop", "stop", `Stop ${id}`, "Stop", () => session.send({ type: "stop", cell: id }));
  }
  return button("run", "run", `Run ${id}`, `${runTitle(cell)} (Shift+Enter)`, run);
}

function runTitle(cell: CellState): string {
  return flagged(cell.cell, "cache") && cell.values.kind === "in-kernel" && !cell.stale
    ? "Run again, ignoring the cache"
    : "Run this cell and the cells that it depends on";
}

function button(action: string, picture: IconName, name: string, title: string, act: () => unknown): TemplateResult {
  return html`<button class="quiet icon play" data-action=${action} aria-label=${name} title=${title} @click=${act}>${icon(picture)}</button>`;
}
