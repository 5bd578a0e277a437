/**
 * A run while it goes on and after: method, how far, the last loss, what happened to it, and the buttons that steer it. Its
 * height changes only when the user opens the steps: checkpoints to go back to or to fork at, and all that happened.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { cellState, isPaused, knobsAt, type RunState } from "../../server/state/state.ts";
import type { InputValue, RunOrder } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { methodColor } from "../plot/colors.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";
import { runCardStyles } from "./run-card-styles.ts";
import { changeText, endingText, shortValue, statusText } from "./run-text.ts";

export class RunCard extends LitElement {
  static override properties = {
    session: { attribute: false },
    run: { attribute: false },
    open: { state: true },
    forkAt: { state: true },
  };
  static override styles = [controls, runCardStyles];

  declare session: Session;
  declare run: string;
  declare open: boolean;
  /** The checkpoint whose fork is being described. */
  declare forkAt: number | undefined;

  constructor() {
    super();
    this.open = false;
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.runs[this.run], this.#stands()],
    );
  }

  protected override render(): TemplateResult {
    const run = this.session.state.runs[this.run];
    if (!run) return html`<div class="card"><span class="figure">The run ${this.run} has not begun.</span></div>`;
    const { step, loss } = progress(run);
    const { steps, method, folder } = run.info;
    const alerts = run.changes.filter(({ kind }) => kind === "alert").length;
    const latest = run.changes.slice(-3).reverse();
    const ending = endingText(run);
    const paused = isPaused(run);
    return html`<div
        class="card"
        data-run=${this.run}
        data-run-status=${run.status}
        ?data-paused=${paused}
        style="--series: ${methodColor(this.session.state.runs, method)}"
        title=${folder}
      >
        <span class="name">
          <span>
            <span class="method">${run.info.parent ? `${method}, forked at step ${run.info.parent.step}` : method}</span>
            ${
              alerts > 0
                ? html`<button class="badge" data-action="alerts" aria-expanded=${this.open} @click=${this.#toggle}>
                    ${alerts} ${alerts === 1 ? "alert" : "alerts"}
                  </button>`
                : nothing
            }
          </span>
          <span
            class="changes ${latest[0]?.kind === "alert" ? "alerted" : ""}"
            title=${run.changes.toReversed().map(changeText).join("\n")}
            >${latest.length > 0 ? latest.map(changeText).join(" · ") : "\u00a0"}</span
          >
        </span>
        <span class="figure">step <b>${step} / ${steps}</b></span>
        <span class="figure">loss <b>${loss === undefined ? "–" : loss.toFixed(3)}</b></span>
        <span class=${paused ? "paused" : run.status}>${statusText(run)}</span>
        ${this.#buttons(run, paused)}
        <div class="bar" role="progressbar" aria-label="${method}: steps" aria-valuemin="0" aria-valuemax=${steps} aria-valuenow=${step}>
          <i style="transform: scaleX(${steps > 0 ? Math.min(1, step / steps) : 0})"></i>
        </div>
      </div>
      ${this.open ? this.#steps(run) : nothing}
      ${ending ? html`<p class=${run.status} data-ending>${ending}</p>` : nothing}`;
  }

  #buttons(run: RunState, paused: boolean): TemplateResult {
    const { method } = run.info;
    const over = run.status === "running" ? "" : "over";
    return html`<span class="buttons" role="group" aria-label="Steering of ${method}">
      <button
        class="icon ${over}"
        data-action=${paused ? "resume-run" : "pause-run"}
        aria-label="${paused ? "Resume" : "Pause"} ${method}"
        title=${paused ? "Resume" : "Pause before the next step"}
        @click=${() => this.#ask({ type: paused ? "resume" : "pause" })}
      >
        ${icon(paused ? "run" : "pause")}
      </button>
      <button
        class="icon ${over}"
        data-action="step-run"
        aria-label="One step of ${method}"
        title="Do one step, then pause"
        @click=${() => this.#ask({ type: "step", steps: 1 })}
      >
        ${icon("step")}
      </button>
      <button
        class="icon ${over}"
        data-action="stop-run"
        aria-label="Stop ${method}"
        title="Stop; what was learnt stays"
        @click=${() => this.#ask({ type: "stop" })}
      >
        ${icon("stop")}
      </button>
      <button
        class="icon"
        data-action="run-steps"
        aria-label="Checkpoints and events of ${method}"
        title="Checkpoints and events"
        aria-expanded=${this.open}
        @click=${this.#toggle}
      >
        ${icon(this.open ? "fold" : "unfold")}
      </button>
    </span>`;
  }

  #steps(run: RunState): TemplateResult {
    const running = run.status === "running";
    const stands = this.#stands();
    const now = progress(run).step;
    return html`<div class="steps">
      <section aria-label="Checkpoints">
        <h3>Checkpoints</h3>
        ${run.checkpoints.length === 0 ? html`<p class="quietly">None yet. A pause makes one.</p>` : nothing}
        <ul>
          ${run.checkpoints.toReversed().map(
            ({ step, marked }) => html`<li data-checkpoint=${step}>
              <b>step ${step} ${marked ? html`<i>kept</i>` : nothing}</b>
              ${
                running
                  ? html`<button ?disabled=${step === now} @click=${() => this.#ask({ type: "rewind", to: step })}>
                      Rewind<span class="unseen"> to step ${step}</span>
                    </button>`
                  : nothing
              }
              <button ?disabled=${!stands} aria-expanded=${this.forkAt === step} @click=${() => this.#describeFork(step)}>
                Fork…<span class="unseen"> at step ${step}</span>
              </button>
            </li>`,
          )}
        </ul>
        ${
          running
            ? html`<button data-action="checkpoint-run" @click=${() => this.#ask({ type: "checkpoint" })}>
                Keep a checkpoint now
              </button>`
            : nothing
        }
        ${stands ? nothing : html`<p class="quietly">To fork it, run its cell again: its values are gone.</p>`}
      </section>
      <section class="changed" aria-label="Events">
        <h3>Events</h3>
        ${run.changes.length === 0 ? html`<p class="quietly">Nothing has happened to it.</p>` : nothing}
        <ul>
          ${run.changes.toReversed().map((change) => html`<li class=${change.kind}>${changeText(change)}</li>`)}
        </ul>
      </section>
      ${this.forkAt === undefined ? nothing : this.#forkForm(run, this.forkAt)}
    </div>`;
  }

  #forkForm(run: RunState, at: number): TemplateResult {
    return html`<form data-fork=${at} @submit=${(event: SubmitEvent) => this.#fork(event, at)}>
      <h3>A new run that goes on from step ${at} with</h3>
      ${Object.entries(knobsAt(run, at)).map(
        ([name, value]) => html`<label>
          ${name}
          <input name=${name} type=${typeof value === "number" ? "number" : "text"} step="any" required .value=${fullValue(value)} />
        </label>`,
      )}
      <button class="primary" type="submit">Fork</button>
      <button type="button" @click=${() => this.#describeFork(at)}>Cancel</button>
    </form>`;
  }

  readonly #toggle = (): void => {
    this.open = !this.open;
    this.forkAt = undefined;
  };

  #describeFork(at: number): void {
    this.forkAt = this.forkAt === at ? undefined : at;
  }

  async #fork(event: SubmitEvent, at: number): Promise<void> {
    event.preventDefault();
    const run = this.session.state.runs[this.run];
    if (!run || !(event.target instanceof HTMLFormElement)) return;
    const written = new FormData(event.target);
    const knobs: Record<string, InputValue> = {};
    for (const [name, value] of Object.entries(knobsAt(run, at))) {
      const text = String(written.get(name));
      if (typeof value === "number") knobs[name] = Number(text);
      else if (typeof value === "string") knobs[name] = text;
    }
    if (await this.#ask({ type: "fork", at, knobs })) this.forkAt = undefined;
  }

  #ask(order: RunOrder): Promise<boolean> {
    return this.session.ask({ type: "steer", run: this.run, order });
  }

  /** Whether the values that it was trained with still live in the kernel. */
  #stands(): boolean {
    const run = this.session.state.runs[this.run];
    const cell = run && cellState(this.session.state, run.info.cell);
    return cell?.values.kind === "in-kernel" && cell.generation === run?.info.generation;
  }
}

function progress(run: RunState): { step: number; loss: number | undefined } {
  const last = run.rows.at(-1);
  return { step: last?.step ?? 0, loss: last?.loss };
}

/** Written out in full, where a figure would be rounded. */
function fullValue(value: InputValue): string {
  return typeof value === "number" ? String(value) : shortValue(value);
}

customElements.define("pal-run", RunCard);
