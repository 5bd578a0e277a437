/**
 * Runs the notebook of a page in the page itself: *Run here* starts it, with live charts, run cards and inputs; *Verify here* trains again
 * with the recorded changes and says after each row how far the numbers are the same. Everything ends with the tab. What the page shows
 * besides is not touched; it hears of the beginning and the end by the events `run-began` and `run-ended`.
 */
import { ContextProvider } from "@lit/context";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { MEMORY_BYTES, type Task, type VerificationProgress } from "../../server/in-page/port.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { bytes } from "../../server/state/quantity.ts";
import "../cell/results.ts";
import { statusWord } from "../cell/status.ts";
import { controls } from "../look/controls.ts";
import { markdown, prose } from "../output/markdown.ts";
import { type Notice, Session } from "../session/session.ts";
import { sessionContext } from "../session/session-context.ts";
import { Subscription } from "../session/subscription.ts";
import { type Begun, begin } from "./port.ts";
import { runInPageStyles } from "./run-in-page-styles.ts";
import { verificationText } from "./verification-text.ts";

type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "starting"; readonly task: Task }
  | { readonly kind: "at work"; readonly task: Task }
  | { readonly kind: "failed"; readonly message: string };

export class RunInPage extends LitElement {
  static override properties = {
    payload: { attribute: false },
    record: {},
    stage: { state: true },
    progress: { state: true },
    notice: { state: true },
  };
  static override styles = [controls, prose, runInPageStyles];

  /** The text that the page carries; or, as the attribute `for`, the id of the element that holds it. */
  declare payload: string | undefined;
  /** Whether the page carries the record of the notebook, so that it can be verified. */
  declare record: "inside" | "absent";
  declare private stage: Stage;
  declare private progress: VerificationProgress | undefined;
  declare private notice: Notice | undefined;
  session: Session | undefined;
  #begun: Begun | undefined;
  /** Counts the starts: what an earlier one still does is nobody's any more. */
  #starts = 0;
  readonly #provider = new ContextProvider(this, { context: sessionContext });

  constructor() {
    super();
    this.record = "absent";
    this.stage = { kind: "idle" };
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.cells, state.kernel, state.tensorBytes],
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  /** Starts a task. What ran before in this element ends. */
  async start(task: Task): Promise<void> {
    this.end();
    const start = this.#starts;
    const isOver = (): boolean => start !== this.#starts;
    this.stage = { kind: "starting", task };
    this.dispatchEvent(new Event("run-began", { bubbles: true, composed: true }));
    try {
      const begun = await begin(this.#payload(), task, {
        verification: (progress) => {
          if (!isOver()) this.progress = progress;
        },
        failed: (message) => isOver() || this.#fail(message),
      });
      if (isOver()) return begun.end();
      this.#begun = begun;
      const session = await opened(begun, (notice) => this.#show(notice));
      if (task === "run") await session.send({ type: "run", cells: "all" });
      if (isOver()) return;
      this.session = session;
      this.#provider.setValue(session);
      this.stage = { kind: "at work", task };
    } catch (error) {
      if (!isOver()) this.#fail((error as Error).message);
    }
  }

  /** Ends what runs here and forgets it. */
  end(): void {
    const { kind } = this.stage;
    this.#starts += 1;
    this.#begun?.end();
    this.#begun = undefined;
    this.session = undefined;
    this.progress = undefined;
    this.notice = undefined;
    if (kind === "starting" || kind === "at work")
      this.dispatchEvent(new Event("run-ended", { bubbles: true, composed: true }));
    this.stage = { kind: "idle" };
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    switch (stage.kind) {
      case "idle":
        return this.#beginnings(nothing);
      case "failed":
        return this.#beginnings(html`<p class="bad" role="alert" data-failure>${stage.message}</p>`);
      case "starting":
        return html`<p role="status">Starting…</p>`;
      case "at work":
        return html`${this.#bar(stage)}${this.#notebook()}`;
    }
  }

  #beginnings(said: TemplateResult | typeof nothing): TemplateResult {
    return html`<div class="bar">
        <button class="primary" data-action="run-here" @click=${() => void this.start("run")}>Run here</button>
        ${
          this.record === "inside"
            ? html`<button data-action="verify-here" @click=${() => void this.start("verify")}>Verify here</button>`
            : nothing
        }
        <span class="about">
          Trains in this browser, on one thread, without a network. Tensors may take ${bytes(MEMORY_BYTES)} of memory. Nothing is
          saved: all of it ends with this tab.
        </span>
      </div>
      ${said}`;
  }

  #bar({ task }: Extract<Stage, { kind: "at work" }>): TemplateResult {
    const state = this.session?.state;
    const running = state?.cells.some(({ status }) => status === "running" || status === "queued") ?? true;
    return html`<div class="bar" data-task=${task} data-running=${running}>
        ${task === "run" ? this.#runButtons(running) : this.#verdict()}
        <span class="about" data-memory>${state && state.tensorBytes > 0 ? `${bytes(state.tensorBytes)} of tensors` : nothing}</span>
        <button class="quiet" data-action="end-here" title="End it and free its memory" @click=${() => this.end()}>Close</button>
      </div>
      ${this.notice ? html`<p class=${this.notice.level === "error" ? "bad" : "said"} role="status">${this.notice.text}</p>` : nothing}`;
  }

  #runButtons(running: boolean): TemplateResult {
    return running
      ? html`<button data-action="stop-here" @click=${() => void this.session?.send({ type: "stop" })}>Stop</button>`
      : html`<button class="primary" data-action="run-again" @click=${() => void this.session?.send({ type: "run", cells: "all" })}>Run again</button>`;
  }

  #verdict(): TemplateResult {
    const { progress } = this;
    const mark = progress?.stage !== "done" ? "" : progress.verdict === "different" ? "bad" : "good";
    return html`<span class="verdict ${mark}" role="status" data-verdict=${progress?.stage === "done" ? progress.verdict : ""}>${
      progress ? verificationText(progress) : "Checking the record…"
    }</span>`;
  }

  #notebook(): TemplateResult {
    const { session } = this;
    return html`<main aria-label="The notebook, running in this page">${repeat(
      session?.state.cells ?? [],
      (each) => each.cell.id,
      (each) => this.#cell(each),
    )}</main>`;
  }

  #cell(each: CellState): TemplateResult {
    const { cell, status, generation } = each;
    if (cell.kind === "markdown") return html`<section data-cell=${cell.id}>${markdown(cell.source)}</section>`;
    return html`<section data-cell=${cell.id} data-status=${status} data-generation=${generation}>
      <details>
        <summary><code>${cell.id}</code> <span class="about">${statusWord(each)}</span></summary>
        <pre tabindex="0">${cell.source}</pre>
      </details>
      <pal-results .cell=${each}></pal-results>
    </section>`;
  }

  #payload(): string {
    const id = this.getAttribute("for");
    const text = this.payload ?? (id === null ? null : document.getElementById(id)?.textContent);
    if (!text) throw new Error("This page carries nothing to run.");
    return text;
  }

  #show(notice: Notice): void {
    this.notice = notice;
  }

  #fail(message: string): void {
    this.end();
    this.stage = { kind: "failed", message };
  }
}

/** The session of a worker, when all of its state is here. */
function opened(begun: Begun, notify: (notice: Notice) => void): Promise<Session> {
  const session = new Session("", notify, begun.connection);
  return new Promise((resolve) => {
    const stop = session.subscribe(() => {
      if (!session.loaded) return;
      stop();
      resolve(session);
    });
  });
}

customElements.define("pal-run-in-page", RunInPage);
