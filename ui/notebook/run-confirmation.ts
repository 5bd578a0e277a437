/**
 * Asks before a change runs expensive cells, or loses values, in a strip below the bar. It moves nothing and can wait for an answer.
 * It also says why a change runs nothing at first: what a folder brings along may run only after the user ran something.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import { bytes, roughly } from "../../server/state/quantity.ts";
import { wordsOf } from "../../server/state/question.ts";
import type { SessionState } from "../../server/state/state.ts";
import { cellLink } from "../cell/cell-link.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { SessionConsumer } from "../session/session-context.ts";

/** How many cells are listed by name. */
const LISTED = 4;

export class RunConfirmation extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        top: calc(100% + 0.5rem);
        left: 0;
        right: 0;
        display: grid;
        justify-items: center;
        padding: 0 1rem;
        pointer-events: none;
      }
      .question {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0.5rem 0.5rem 0.5rem 0.875rem;
        border: 1px solid var(--hairline);
        border-left: 3px solid var(--warn);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.12);
        font-size: var(--code);
        line-height: 1.4;
      }
      .cells {
        display: block;
        font-size: var(--small);
        color: var(--muted);
      }
      .text {
        margin-right: 0.75rem;
      }
    `,
  ];

  readonly #session = new SessionConsumer(this, ({ state }) => [state.pending, state.question, waitsForUser(state)]);

  protected override render(): TemplateResult {
    return html`<div role="status" aria-live="polite">${this.#beforeLoss() ?? this.#beforeRun() ?? this.#beforeFirstRun() ?? nothing}</div>`;
  }

  #beforeLoss(): TemplateResult | undefined {
    const { question } = this.#session.value.state;
    if (!question) return undefined;
    const { text, accept, decline } = wordsOf(question);
    return html`<div class="question" data-question=${question.about}>
      <span class="text">${text}</span>
      <button data-action="question-decline" @click=${() => this.#decide(false)}>${decline}</button>
      <button class="danger" data-action="question-accept" @click=${() => this.#decide(true)}>${accept}</button>
    </div>`;
  }

  #beforeRun(): TemplateResult | undefined {
    const { pending } = this.#session.value.state;
    if (!pending) return undefined;
    const { cells, seconds, bytes: held } = pending;
    const more = cells.length - LISTED;
    return html`<div class="question" data-pending=${cells.join(" ")}>
      <span class="text">
        Running ${cells.length === 1 ? "1 cell" : `${cells.length} cells`} will take about ${roughly(seconds)}${held > 0 ? ` and ${bytes(held)} of memory` : ""}.
        <span class="cells">
          ${cells.slice(0, LISTED).map((each, i) => html`${i > 0 ? ", " : ""}${cellLink(each)}`)}${more > 0 ? ` and ${more} more` : ""}
        </span>
      </span>
      <button class="primary" data-action="answer-run" @click=${() => this.#answer("run")}>${icon("run")} Run</button>
      <button data-action="answer-later" title="The cells stay stale until you run them" @click=${() => this.#answer("later")}>Not now</button>
    </div>`;
  }

  #beforeFirstRun(): TemplateResult | undefined {
    if (!waitsForUser(this.#session.value.state)) return undefined;
    return html`<div class="question" data-first-run>
      <span class="text">Nothing runs by itself until you run something.</span>
      <button class="primary" data-action="first-run" @click=${this.#runStale}>${icon("run")} Run stale</button>
    </div>`;
  }

  readonly #runStale = (): void => {
    this.dispatchEvent(new Event("before-run", { bubbles: true, composed: true }));
    void this.#session.value.send({ type: "run", cells: "stale" });
  };

  #decide(accept: boolean): void {
    const { question } = this.#session.value.state;
    void this.#session.value.send({ type: "decide", accept });
    if (!accept || question?.about !== "changes") return;
    const removed = question.changes.flatMap(({ change, cell }) => (change === "remove" ? [cell] : []));
    this.dispatchEvent(
      new CustomEvent<readonly CellId[]>("cells-removed", { detail: removed, bubbles: true, composed: true }),
    );
  }

  #answer(answer: "run" | "later"): void {
    this.dispatchEvent(new Event("before-run", { bubbles: true, composed: true }));
    void this.#session.value.send({ type: "answer", run: answer === "run" });
  }
}

/** A change made results stale, and the session has not run anything since it was opened. */
function waitsForUser({ userRan, cells }: SessionState): boolean {
  return !userRan && cells.some(({ stale }) => stale);
}

customElements.define("pal-run-confirmation", RunConfirmation);
