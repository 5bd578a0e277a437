/**
 * Beside each cell: its id, what it is doing, how long it took or will take, what it holds, and what sets it apart. Each line
 * has its place, also while empty; the last one's is the gap below the cell, so that it costs no room.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { flagged } from "../../server/notebook/source/head.ts";
import type { CellState } from "../../server/state/state.ts";
import { heldValues, refusalOf } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import { type IconName, icon } from "../look/icon.ts";
import "../look/panel.ts";
import { bytes, duration, roughly } from "../../server/state/quantity.ts";
import type { Session } from "../session/session.ts";
import { detailStyles, detailsOf, tensorCount, valueCount } from "./details.ts";
import { type ShownStatus, shownStatus, statusShape, statusWord } from "./status.ts";

export class Gutter extends LitElement {
  static override properties = {
    session: { attribute: false },
    cell: { attribute: false },
    renaming: { state: true },
  };
  static override styles = [
    controls,
    detailStyles,
    css`
      :host {
        display: block;
        font-size: var(--small);
        line-height: 1.5;
      }
      .head {
        display: flex;
        align-items: center;
        gap: 0.25rem;
        min-height: 1.75rem;
      }
      .id {
        all: unset;
        cursor: text;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        border-radius: 3px;
        min-width: 0;
      }
      .id:focus-visible {
        outline: 2px solid var(--accent);
      }
      .head input {
        width: 100%;
        min-height: 1.5rem;
        padding: 0 0.25rem;
        font-size: var(--small);
      }
      .line {
        display: flex;
        align-items: center;
        gap: 0.375rem;
        min-height: 1.25rem;
        padding-left: 0.45rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .status {
        font-size: 0.875rem;
      }
      .line.running,
      .line.streaming,
      .line:is(.done, .kept) svg {
        color: var(--accent);
      }
      .line.failed,
      .line.error {
        color: var(--danger);
      }
      .line.stopped,
      .line.blocked,
      .line.paused,
      .line.stale {
        color: var(--warn);
      }
      .time {
        color: var(--muted);
      }
      pal-panel {
        display: block;
        padding-left: 1.7rem;
        font-size: 0.75rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .marks {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        padding-left: 1.7rem;
        margin-bottom: -1.25rem;
        font-size: 0.75rem;
      }
      .facts {
        opacity: 0;
        transition: opacity 0.12s;
      }
      :host(:hover) .facts,
      :host(:focus-within) .facts {
        opacity: 1;
      }
      button.play {
        color: var(--accent);
      }
      .turning {
        transform-origin: 6px 6px;
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .turning {
          animation-duration: 4s;
        }
      }
      @media (max-width: 56rem) {
        :host {
          display: flex;
          flex-wrap: wrap;
          align-items: center;
          gap: 0 0.75rem;
        }
        .marks,
        pal-panel {
          padding-left: 0;
          margin: 0;
        }
      }
    `,
  ];

  declare session: Session;
  declare cell: CellState;
  declare renaming: boolean;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.renaming = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  protected override updated(): void {
    const running = this.cell.status === "running";
    if (running === (this.#clock !== undefined)) return;
    clearInterval(this.#clock);
    this.#clock = running ? setInterval(() => this.requestUpdate(), 500) : undefined;
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    if (cell.kind === "markdown") return html`<div class="head">${this.#name()}</div>`;
    const status = shownStatus(this.cell);
    const { tensors } = this.cell;
    const notCached = refusalOf(this.cell);
    const marks = this.#marks();
    const marked = html`<span data-marks title=${notCached ?? marks}>${marks}</span>`;
    const holding = tensors.count > 0;
    const facts = marks === "" ? html`<span class="facts">facts</span>` : marked;
    return html`<div class="head">${this.#button(status)} ${this.#name()}</div>
      <div class="line ${status}">
        ${statusShape(status)}<span data-word>${statusWord(this.cell)}</span><span class="time" data-elapsed>${this.#elapsed()}</span>
      </div>
      <pal-panel along label="About ${cell.id}">
        <span slot="opener" data-tensors=${tensors.bytes}>
          <span class="unseen">About ${cell.id}: </span>${holding ? `${bytes(tensors.bytes)} · ${tensorCount(tensors.count)}` : facts}
        </span>
        ${detailsOf(this.cell)}
      </pal-panel>
      <div class="line marks">${holding ? marked : nothing}</div>`;
  }

  /** What a press does to the cell as it stands. */
  #button(status: ShownStatus): TemplateResult {
    const { cell, stale, values } = this.cell;
    const { id } = cell;
    if (status === "disabled") {
      const enable = (): unknown => this.session.ask({ type: "flag", cell: id, flag: "disabled", on: false });
      return this.#play(
        "enable",
        "off",
        `Enable ${id}`,
        "Enable: it does not run, and neither does what needs it",
        enable,
      );
    }
    if (this.cell.status === "running" || this.cell.status === "queued")
      return this.#play("stop", "stop", `Stop ${id}`, "Stop", () => this.session.ask({ type: "stop", cell: id }));
    const anew = flagged(cell, "cache") && values.kind === "in-kernel" && !stale;
    const words = anew
      ? "Compute anew, whatever the cache holds (Shift+Enter)"
      : "Run, with what it needs (Shift+Enter)";
    return this.#play("run", "run", `Run ${id}`, words, () => this.dispatchEvent(new Event("run")));
  }

  #play(action: string, picture: IconName, name: string, title: string, act: () => unknown): TemplateResult {
    return html`<button class="quiet icon play" data-action=${action} aria-label=${name} title=${title} @click=${act}>${icon(picture)}</button>`;
  }

  /** Mode, cache and streams, where they are not as usual. */
  #marks(): string {
    const { cell } = this.cell;
    const notCached = refusalOf(this.cell);
    const streams = heldValues(this.cell)?.streams;
    return [
      ...(cell.mode === "auto" ? [] : [cell.mode]),
      ...(flagged(cell, "cache") ? [notCached === undefined ? "cache" : "not kept"] : []),
      ...Object.entries(streams ?? {}).map(([name, count]) => `${name}: ${valueCount(count)}`),
    ].join(" · ");
  }

  /** How long it has been at it, took, or will take by what it took before. */
  #elapsed(): string {
    const { status, startedAt, ms, cost } = this.cell;
    if (status === "running" && startedAt !== undefined)
      return `${Math.max(0, Math.round((Date.now() - startedAt) / 1000))} s`;
    if (status === "idle" || status === "queued") return cost && cost.seconds >= 1 ? `≈ ${roughly(cost.seconds)}` : "";
    return ms === undefined || status === "blocked" ? "" : duration(ms);
  }

  #name(): TemplateResult {
    const { id } = this.cell.cell;
    if (!this.renaming) {
      return html`<button class="id" title="Rename ${id}" aria-label="Rename the cell ${id}" @click=${this.#rename}>${id}</button>`;
    }
    return html`<input
      type="text"
      aria-label="New name of ${id}"
      .value=${id}
      @keydown=${(event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "Escape") this.renaming = false;
        if (event.key === "Enter") (event.target as HTMLInputElement).blur();
      }}
      @blur=${(event: Event) => {
        const to = (event.target as HTMLInputElement).value.trim();
        if (this.renaming && to !== "" && to !== id) void this.session.ask({ type: "rename", cell: id, to });
        this.renaming = false;
      }}
    />`;
  }

  async #rename(): Promise<void> {
    this.renaming = true;
    await this.updateComplete;
    const field = this.renderRoot.querySelector("input");
    field?.focus();
    field?.select();
  }
}

customElements.define("pal-gutter", Gutter);
