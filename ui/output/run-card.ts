/**
 * The card of a run: method, progress, loss, latest events, and the buttons that steer it. Its height changes only when the
 * user opens the history.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { isPaused, type RunState } from "../../server/state/state.ts";
import type { RunOrder } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import { type IconName, icon } from "../look/icon.ts";
import { methodColor } from "../plot/colors.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { runCardStyles } from "./run-card-styles.ts";
import "./run-history.ts";
import { changeText, endingText, lastStep, memoryText, phaseText, shareDone, statusText } from "./run-text.ts";

export class RunCard extends LitElement {
  static override properties = { run: { attribute: false }, open: { state: true } };
  static override styles = [controls, runCardStyles];

  declare run: string;
  declare open: boolean;
  readonly #session = new SessionConsumer(this, ({ state }) => [state.runs[this.run]]);

  constructor() {
    super();
    this.open = false;
  }

  protected override render(): TemplateResult {
    const { runs } = this.#session.value.state;
    const run = runs[this.run];
    if (!run) return html`<div class="card"><span class="figure">The run ${this.run} has not started.</span></div>`;
    const { steps, method, folder } = run.info;
    const step = lastStep(run);
    const loss = run.rows.at(-1)?.loss;
    const ending = endingText(run);
    const paused = isPaused(run);
    const phase = phaseText(run);
    return html`<div
        class="card"
        data-run=${this.run}
        data-run-status=${run.status}
        ?data-paused=${paused}
        style="--series: ${methodColor(runs, method)}"
        title=${folder}
      >
        ${this.#name(run)}
        <span class="figure">${phase ?? html`step <b>${step} / ${steps}</b>`}</span>
        <span class="figure">loss <b>${loss === undefined ? "–" : loss.toFixed(3)}</b></span>
        <span class=${paused ? "paused" : run.status}>${statusText(run)}</span>
        ${this.#buttons(run)}
        <div class="bar" role="progressbar" aria-label="${method}: ${phase ?? "steps"}" aria-valuemin="0" aria-valuemax=${steps} aria-valuenow=${Math.round(shareDone(run) * steps)}>
          <i style="transform: scaleX(${shareDone(run)})"></i>
        </div>
      </div>
      ${this.open ? html`<pal-run-history .run=${this.run}></pal-run-history>` : nothing}
      ${ending ? html`<p class=${run.status} data-ending>${ending}</p>` : nothing}`;
  }

  #name(run: RunState): TemplateResult {
    const { info, changes } = run;
    const alerts = changes.filter(({ kind }) => kind === "alert").length;
    const latest = changes.slice(-3).reverse();
    const { method, parent } = info;
    return html`<span class="name">
      <span>
        <span class="method">${parent ? `${method}, forked at step ${parent.step}` : method}</span>
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
        title=${[...changes.toReversed().map(changeText), memoryText(run) ?? []].flat().join("\n")}
        >${latest.length > 0 ? latest.map(changeText).join(" · ") : (memoryText(run) ?? "\u00a0")}</span
      >
    </span>`;
  }

  #buttons(run: RunState): TemplateResult {
    const { method } = run.info;
    const pause = isPaused(run)
      ? this.#order(run, "resume-run", "run", `Resume ${method}`, "Resume", { type: "resume" })
      : this.#order(run, "pause-run", "pause", `Pause ${method}`, "Pause before the next step", { type: "pause" });
    return html`<span class="buttons" role="group" aria-label="Controls of ${method}">
      ${pause}
      ${this.#order(run, "step-run", "step", `One step of ${method}`, "Do one step, then pause", { type: "step", steps: 1 })}
      ${this.#order(run, "stop-run", "stop", `Stop ${method}`, "Stop and keep the trained weights", { type: "stop" })}
      <button
        class="icon"
        data-action="run-history"
        aria-label="Checkpoints and events of ${method}"
        title="Checkpoints and events"
        aria-expanded=${this.open}
        @click=${this.#toggle}
      >
        ${icon(this.open ? "fold" : "unfold")}
      </button>
    </span>`;
  }

  #order(
    run: RunState,
    action: string,
    picture: IconName,
    name: string,
    title: string,
    order: RunOrder,
  ): TemplateResult {
    const send = (): unknown => this.#session.value.send({ type: "steer", run: this.run, order });
    return html`<button
      class="icon ${run.status === "running" ? "" : "hidden"}"
      data-action=${action}
      aria-label=${name}
      title=${title}
      @click=${send}
    >
      ${icon(picture)}
    </button>`;
  }

  readonly #toggle = (): void => {
    this.open = !this.open;
  };
}

customElements.define("pal-run", RunCard);
