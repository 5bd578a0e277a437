/** The history of a run: its checkpoints, to rewind to or to fork at, and all its events. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { cellState, type RunState } from "../../server/state/state.ts";
import type { RunCheckpoint, RunOrder } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import type { Session } from "../session/session.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { forkForm, forkFormStyles } from "./fork-form.ts";
import { runHistoryStyles } from "./run-history-styles.ts";
import { changeText, lastStep, memoryText } from "./run-text.ts";

export class RunHistory extends LitElement {
  static override properties = { run: { attribute: false }, forkAt: { state: true } };
  static override styles = [controls, runHistoryStyles, forkFormStyles];

  declare run: string;
  /** The step of the checkpoint whose fork form is open. */
  declare forkAt: number | undefined;
  readonly #session = new SessionConsumer(this, (session) => [
    session.state.runs[this.run],
    valuesRemain(session, this.run),
  ]);

  protected override render(): TemplateResult | typeof nothing {
    const run = this.#session.value.state.runs[this.run];
    if (!run) return nothing;
    return html`<div class="history">
      ${this.#checkpoints(run)} ${eventList(run)} ${memoryNote(run)}
      ${
        this.forkAt === undefined
          ? nothing
          : forkForm(run, this.forkAt, {
              submit: (knobs) => void this.#fork(knobs),
              cancel: () => {
                this.forkAt = undefined;
              },
            })
      }
    </div>`;
  }

  #checkpoints(run: RunState): TemplateResult {
    const isRunning = run.status === "running";
    const canFork = valuesRemain(this.#session.value, this.run);
    return html`<section aria-label="Checkpoints">
      <h3>Checkpoints</h3>
      ${run.checkpoints.length === 0 ? html`<p class="hint">No checkpoints yet. Pausing saves a checkpoint.</p>` : nothing}
      <ul>
        ${run.checkpoints.toReversed().map((checkpoint) => this.#checkpoint(run, checkpoint))}
      </ul>
      ${
        isRunning
          ? html`<button data-action="checkpoint-run" @click=${() => this.#order({ type: "checkpoint" })}>
              Save a checkpoint now
            </button>`
          : nothing
      }
      ${canFork ? nothing : html`<p class="hint">To fork this run, first run its cell again: its values are no longer in memory.</p>`}
    </section>`;
  }

  #checkpoint(run: RunState, { step, marked, best }: RunCheckpoint): TemplateResult {
    const canFork = valuesRemain(this.#session.value, this.run);
    const rewind = html`<button ?disabled=${step === lastStep(run)} @click=${() => this.#order({ type: "rewind", to: step })}>
      Rewind<span class="unseen"> to step ${step}</span>
    </button>`;
    return html`<li data-checkpoint=${step}>
      <b>step ${step} ${marked ? markOf(best) : nothing}</b>
      ${run.status === "running" ? rewind : nothing}
      <button ?disabled=${!canFork} aria-expanded=${this.forkAt === step} @click=${() => this.#toggleForm(step)}>
        Fork…<span class="unseen"> at step ${step}</span>
      </button>
    </li>`;
  }

  #toggleForm(step: number): void {
    this.forkAt = this.forkAt === step ? undefined : step;
  }

  async #fork(knobs: Extract<RunOrder, { type: "fork" }>["knobs"]): Promise<void> {
    if (this.forkAt === undefined) return;
    if (await this.#order({ type: "fork", at: this.forkAt, knobs })) this.forkAt = undefined;
  }

  #order(order: RunOrder): Promise<boolean> {
    return this.#session.value.send({ type: "steer", run: this.run, order });
  }
}

function markOf(best: RunCheckpoint["best"]): TemplateResult {
  return best
    ? html`<i title="Not deleted until there is a better one">best</i>`
    : html`<i title="Not deleted automatically">permanent</i>`;
}

function memoryNote(run: RunState): TemplateResult | typeof nothing {
  const text = memoryText(run);
  return text === undefined ? nothing : html`<p class="hint" data-memory>Expected before the start: ${text}.</p>`;
}

function eventList({ changes }: RunState): TemplateResult {
  return html`<section class="changed" aria-label="Events">
    <h3>Events</h3>
    ${changes.length === 0 ? html`<p class="hint">No events yet.</p>` : nothing}
    <ul>
      ${changes.toReversed().map((change) => html`<li class=${change.kind}>${changeText(change)}</li>`)}
    </ul>
  </section>`;
}

/** Whether the kernel still holds the values that the run was trained with. */
function valuesRemain({ state }: Session, id: string): boolean {
  const run = state.runs[id];
  const cell = run && cellState(state, run.info.cell);
  return cell?.values.kind === "in-kernel" && cell.generation === run?.info.generation;
}

customElements.define("pal-run-history", RunHistory);
