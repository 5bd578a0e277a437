/**
 * The button in the bar that starts a sweep, and its dialog: values for each knob, seeds, how many entries run at once and where.
 * It says how many entries that makes and how long they may take.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../look/controls.ts";
import { closeDialog, openDialog } from "../look/dialog.ts";
import { dialogStyles } from "../look/dialog-styles.ts";
import { icon } from "../look/icon.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { startSweep, sweepAddress } from "../session/sweeps.ts";
import { saveExperimentStyles } from "./save-experiment-styles.ts";
import { startSweepStyles } from "./start-sweep-styles.ts";
import { type Choice, changedKnobs, costText, knobsOf, type Read, readForm, type SweepForm } from "./sweep-choices.ts";
import { sweepKnob } from "./sweep-knob.ts";

/** `editing`: the user fills in the dialog. */
type Step =
  | { readonly kind: "closed" | "editing" | "starting" }
  | { readonly kind: "failed"; readonly message: string };

function emptyForm(): SweepForm {
  const jobs = String(Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)));
  return { choices: {}, draws: "8", seeds: "1", jobs, on: "local" };
}

export class StartSweep extends LitElement {
  static override properties = { step: { state: true }, form: { state: true } };
  static override styles = [controls, dialogStyles, saveExperimentStyles, startSweepStyles];

  declare step: Step;
  declare form: SweepForm;
  readonly #session = new SessionConsumer(this, ({ state }) => (this.step?.kind === "closed" ? [] : [state.cells]));

  constructor() {
    super();
    this.step = { kind: "closed" };
    this.form = emptyForm();
  }

  protected override render(): TemplateResult {
    return html`<button data-action="sweep" aria-label="Sweep" title="Run this notebook with many settings and seeds" @click=${this.#open}>${icon("sweep")} <span class="word more">Sweep</span></button>
      <dialog aria-labelledby="title" @close=${this.#closed} @keydown=${(event: Event) => event.stopPropagation()}>${this.step.kind === "closed" ? nothing : this.#content()}</dialog>`;
  }

  #content(): TemplateResult {
    const { step, form } = this;
    const { state } = this.#session.value;
    const knobs = knobsOf(state);
    const read = readForm(state.path, knobs, form);
    const isDrawn = Object.values(form.choices).some(({ kind }) => kind === "range");
    return html`<form @submit=${(event: SubmitEvent) => this.#start(event, read)}>
      <h2 id="title">Sweep</h2>
      <p class="about">Runs the notebook once for each combination of values and each seed. Each entry is a process and a record of its own. What is done is never run again.</p>
      ${knobs.length === 0 ? html`<p>This notebook has no inputs, so only its seed can vary.</p>` : nothing}
      ${knobs.map((knob) =>
        sweepKnob(knob, form.choices[knob.name] ?? { kind: "one" }, read.faults[knob.name], (choice) =>
          this.#choose(knob.name, choice),
        ),
      )}
      <div class="numbers">
        ${isDrawn ? this.#number("draws", "Draws", "How often all ranges are drawn from; the same values each time", read) : nothing}
        ${this.#number("seeds", "Seeds", "The seeds 1 to this", read)} ${this.#number("jobs", "At once", "How many entries run at the same time. Use 1 where each needs a whole GPU.", read)}
        <label class="field">Where <select name="on" @change=${(event: Event) => this.#set({ on: (event.target as HTMLSelectElement).value === "slurm" ? "slurm" : "local" })}>
          <option value="local" .selected=${form.on === "local"}>this machine</option>
          <option value="slurm" .selected=${form.on === "slurm"}>Slurm</option>
        </select></label>
      </div>
      ${this.#summary(read)}
      <div role="alert">${step.kind === "failed" ? html`<p class="fault">${step.message}</p>` : nothing}</div>
      <div class="buttons">
        <button type="button" data-action="cancel-sweep" @click=${this.#close}>Cancel</button>
        <button class="primary" data-action="start-sweep" ?disabled=${step.kind === "starting" || !read.order}>${step.kind === "starting" ? "Starting…" : "Start"}</button>
      </div>
    </form>`;
  }

  #number(name: "draws" | "seeds" | "jobs", label: string, title: string, { faults }: Read): TemplateResult {
    return html`<label class="field" title=${title}>${label}
      <input type="number" name=${name} min="1" step="1" aria-invalid=${name in faults} .value=${this.form[name]} @input=${(event: Event) => this.#set({ [name]: (event.target as HTMLInputElement).value })} />
    </label>`;
  }

  #summary({ entries, faults }: Read): TemplateResult {
    const { state } = this.#session.value;
    if (entries === undefined) {
      const general = ["draws", "seeds", "jobs", "entries"].flatMap((name) => faults[name] ?? []);
      return html`<p class="summary" role="status" data-entries="">${general[0] ?? "Some values are not valid yet."}</p>`;
    }
    const jobs = Number(this.form.jobs);
    const fixed = changedKnobs(knobsOf(state)).filter(({ name }) => isFixed(this.form.choices[name]));
    const others = fixed.map(
      ({ name, value }) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
    );
    return html`<p class="summary" role="status" data-entries=${entries}>
      ${entries === 1 ? "1 entry" : `${entries} entries`}. ${costText(state, entries, jobs)}
      ${others.length === 0 ? nothing : html`As set in this page: ${others.join(", ")}.`}
    </p>`;
  }

  #choose(name: string, choice: Choice): void {
    this.#set({ choices: { ...this.form.choices, [name]: choice } });
  }

  #set(change: Partial<SweepForm>): void {
    this.form = { ...this.form, ...change };
  }

  readonly #open = (): Promise<void> =>
    openDialog(this, () => {
      this.step = { kind: "editing" };
    });

  readonly #close = (): void => closeDialog(this);

  /** What was chosen stays for the next time. */
  readonly #closed = (): void => {
    this.step = { kind: "closed" };
  };

  async #start(event: SubmitEvent, { order }: Read): Promise<void> {
    event.preventDefault();
    if (!order) return;
    this.step = { kind: "starting" };
    try {
      location.assign(sweepAddress((await startSweep(order)).sweep));
    } catch (reason) {
      this.step = { kind: "failed", message: reason instanceof Error ? reason.message : String(reason) };
    }
  }
}

function isFixed(choice: Choice | undefined): boolean {
  return !choice || choice.kind === "one" || (choice.kind === "ticked" && choice.values.length === 0);
}

customElements.define("pal-start-sweep", StartSweep);
