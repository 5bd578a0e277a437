/** Beside each cell: its name, status, time, memory and what sets it apart; a panel shows the details. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { flagged } from "../../server/notebook/source/head.ts";
import { type CellState, heldValues, refusalOf } from "../../server/state/cell-state.ts";
import { bytes, duration, roughly } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import "../look/panel.ts";
import { SessionConsumer } from "../session/session-context.ts";
import "./cell-name.ts";
import { detailStyles, detailsOf, tensorCount, valueCount } from "./details.ts";
import { gutterStyles } from "./gutter-styles.ts";
import { runButton } from "./run-button.ts";
import { shownStatus, statusShape, statusWord } from "./status.ts";

export class Gutter extends LitElement {
  static override properties = { cell: { attribute: false }, detailed: { attribute: false } };
  static override styles = [controls, detailStyles, gutterStyles];

  declare cell: CellState;
  /** Whether the panel has its content, which nobody can open before the pointer or the focus is in the cell. */
  declare detailed: boolean;
  readonly #session = new SessionConsumer(this);
  #clock: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  protected override updated(): void {
    const isRunning = this.cell.status === "running";
    if (isRunning === (this.#clock !== undefined)) return;
    clearInterval(this.#clock);
    this.#clock = isRunning ? setInterval(() => this.requestUpdate(), 500) : undefined;
  }

  protected override render(): TemplateResult {
    const { kind, id } = this.cell.cell;
    const name = html`<pal-cell-name .cell=${id}></pal-cell-name>`;
    if (kind === "markdown") return html`<div class="head">${name}</div>`;
    const status = shownStatus(this.cell);
    const { tensors } = this.cell;
    const marks = marksOf(this.cell);
    const marksText = html`<span data-marks title=${refusalOf(this.cell) ?? marks}>${marks}</span>`;
    const hasTensors = tensors.count > 0;
    const opener = marks === "" ? html`<span class="details">Details</span>` : marksText;
    return html`<div class="head">${runButton(this.cell, this.#session.value, this.#run)} ${name}</div>
      <div class="line ${status}">
        ${statusShape(status)}<span data-word>${statusWord(this.cell)}</span><span class="time" data-elapsed>${timeText(this.cell)}</span>
      </div>
      <pal-panel placement="beside" label="Details of ${id}">
        <span slot="opener" data-tensors=${tensors.bytes}>
          <span class="unseen">Details of ${id}: </span>${hasTensors ? `${bytes(tensors.bytes)} · ${tensorCount(tensors.count)}` : opener}
        </span>
        ${this.detailed ? detailsOf(this.cell) : nothing}
      </pal-panel>
      <div class="line marks">${hasTensors ? marksText : nothing}</div>`;
  }

  readonly #run = (): void => void this.dispatchEvent(new Event("run"));
}

/** Run mode, cache and streams, where they differ from the default. */
function marksOf(cell: CellState): string {
  const { mode } = cell.cell;
  const streams = heldValues(cell)?.streams;
  return [
    ...(mode === "auto" ? [] : [mode]),
    ...(flagged(cell.cell, "cache") ? [refusalOf(cell) === undefined ? "cache" : "not cached"] : []),
    ...Object.entries(streams ?? {}).map(([name, count]) => `${name}: ${valueCount(count)}`),
  ].join(" · ");
}

/** How long the cell has been running, how long it took, or how long it will probably take. */
function timeText({ status, startedAt, ms, cost }: CellState): string {
  if (status === "running" && startedAt !== undefined)
    return `${Math.max(0, Math.round((Date.now() - startedAt) / 1000))} s`;
  if (status === "idle" || status === "queued") return cost && cost.seconds >= 1 ? `≈ ${roughly(cost.seconds)}` : "";
  return ms === undefined || status === "blocked" ? "" : duration(ms);
}

customElements.define("pal-gutter", Gutter);
