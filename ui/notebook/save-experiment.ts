/**
 * The button in the bar that saves an experiment, and its dialog: name, note, which cells. It says what is stale or has not run to
 * its end, and offers to run it first.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import type { Saved } from "../../server/runs/records.ts";
import { cellsToSave, type SavedCells, type Unfinished, unfinishedCells } from "../../server/state/saving.ts";
import { controls } from "../look/controls.ts";
import { closeDialog, openDialog } from "../look/dialog.ts";
import { dialogStyles } from "../look/dialog-styles.ts";
import { icon } from "../look/icon.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import { recordAddress, saveExperiment } from "../session/records.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { saveExperimentStyles } from "./save-experiment-styles.ts";

/** `editing`: the user fills in the dialog. */
type Step =
  | { readonly kind: "closed" | "editing" | "saving" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "saved"; readonly saved: Saved };

/** How many cells are listed by name. */
const LISTED = 4;

export class SaveExperiment extends LitElement {
  static override properties = { step: { state: true }, scope: { state: true }, chosen: { state: true } };
  static override styles = [controls, dialogStyles, saveExperimentStyles];

  declare step: Step;
  declare scope: "all" | "chosen";
  declare chosen: ReadonlySet<CellId>;
  readonly #session = new SessionConsumer(this, ({ state }) => (this.step?.kind === "closed" ? [] : [state.cells]));

  constructor() {
    super();
    this.step = { kind: "closed" };
    this.scope = "all";
    this.chosen = new Set();
  }

  protected override render(): TemplateResult {
    return html`<button data-action="save-experiment" aria-label="Save experiment" title="Save a record of this experiment that can be repeated and verified" @click=${this.#open}>${icon("save")} <span class="word">Save<span class="more"> experiment</span></span></button>
      <dialog aria-labelledby="title" @close=${this.#closed} @keydown=${(event: Event) => event.stopPropagation()}>${this.step.kind === "closed" ? nothing : this.#content()}</dialog>`;
  }

  #content(): TemplateResult {
    const { step } = this;
    if (step.kind === "saved") return this.#saved(step.saved);
    const { state } = this.#session.value;
    const cells = this.#cells();
    const unfinished = unfinishedCells(state, cells === "all" ? state.cells.map(({ cell }) => cell.id) : cells);
    const isEmpty = cells !== "all" && cells.length === 0;
    return html`<form @submit=${this.#save}>
      <h2 id="title">Save experiment</h2>
      <p class="about">The record holds the code, inputs, data, trainings with each turn of a knob, and results. <code>palimpsest verify</code> repeats it and compares every number.</p>
      <label class="field">Name <input type="text" name="name" maxlength="200" autocomplete="off" autofocus /></label>
      <label class="field">Note <textarea name="note" rows="3" maxlength="20000"></textarea></label>
      ${this.#scopeChoice()}
      ${this.#unfinished(unfinished)}
      <div role="alert">${step.kind === "failed" ? html`<p class="fault">${step.message}</p>` : nothing}</div>
      <div class="buttons">
        <button type="button" data-action="cancel-save" @click=${this.#close}>Cancel</button>
        <button class=${unfinished.length > 0 ? "" : "primary"} data-action="save" ?disabled=${step.kind === "saving" || isEmpty}>${step.kind === "saving" ? "Saving…" : unfinished.length > 0 ? "Save anyway" : "Save"}</button>
      </div>
    </form>`;
  }

  #scopeChoice(): TemplateResult {
    const radio = (scope: "all" | "chosen", label: string) => html`<label class="choice"
      ><input type="radio" name="scope" value=${scope} .checked=${this.scope === scope} @change=${() => {
        this.scope = scope;
      }} />
      ${label}</label
    >`;
    return html`<fieldset>
      <legend>Cells</legend>
      ${radio("all", "Whole notebook")} ${radio("chosen", "Chosen cells, with all that they need")}
      ${this.scope === "chosen" ? this.#cellList() : nothing}
    </fieldset>`;
  }

  #cellList(): TemplateResult {
    const { state } = this.#session.value;
    const needed = new Set(cellsToSave(state, [...this.chosen]));
    return html`<ul aria-label="Cells to save">
        ${state.cells.map(({ cell }) => {
          const isChosen = this.chosen.has(cell.id);
          const isNeeded = !isChosen && needed.has(cell.id);
          return html`<li>
            <label>
              <input type="checkbox" value=${cell.id} .checked=${isChosen || isNeeded} ?disabled=${isNeeded} @change=${() => this.#toggle(cell.id)} />
              <span class="name">${cell.id}</span>${isNeeded ? html`<small>needed</small>` : cell.kind === "markdown" ? html`<small>text</small>` : nothing}
            </label>
          </li>`;
        })}
      </ul>
      <p class="about">They also become a notebook of their own, beside this one.</p>`;
  }

  #unfinished(unfinished: readonly Unfinished[]): TemplateResult | typeof nothing {
    if (unfinished.length === 0) return nothing;
    const running = unfinished.filter(({ why }) => why === "running");
    const isRunning = running.length > 0;
    return html`<div class="unfinished" role="status" data-unfinished=${unfinished.length}>
      <p>${sentences(unfinished)} The record would be incomplete.</p>
      <button type="button" class="primary" data-action="run-first" ?disabled=${isRunning} @click=${() => this.#run(unfinished)}>${isRunning ? "Running…" : html`${icon("run")} Run first`}</button>
    </div>`;
  }

  #saved({ record, notebook, changed }: Saved): TemplateResult {
    return html`<h2 id="title">Saved</h2>
      <p>The record is in <code>${record}</code>. It is not verified yet.</p>
      ${notebook === undefined ? nothing : html`<p>The chosen cells are in <a href=${notebookAddress(notebook)} data-link-to="notebook">${notebook}</a>.</p>`}
      ${
        changed.length === 0
          ? nothing
          : html`<p class="fault" data-changed>Changed after cells had read ${changed.length === 1 ? "it" : "them"}: ${changed.join(", ")}. The record has the present content, so its numbers may differ. Run the cells that read it again and save once more.</p>`
      }
      <div class="buttons">
        <button type="button" data-action="close-saved" autofocus @click=${this.#close}>Close</button>
        <a href=${recordAddress(record)} data-link-to="record">Show the record</a>
      </div>`;
  }

  #cells(): SavedCells {
    return this.scope === "all" ? "all" : cellsToSave(this.#session.value.state, [...this.chosen]);
  }

  readonly #open = (): Promise<void> =>
    openDialog(this, () => {
      this.step = { kind: "editing" };
    });

  readonly #close = (): void => closeDialog(this);

  readonly #closed = (): void => {
    this.step = { kind: "closed" };
    this.scope = "all";
    this.chosen = new Set();
  };

  #toggle(cell: CellId): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(cell)) chosen.add(cell);
    this.chosen = chosen;
  }

  #run(unfinished: readonly Unfinished[]): void {
    void this.#session.value.send({ type: "run", cells: unfinished.map(({ cell }) => cell) });
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "");
    const cells = this.scope === "all" ? "all" : [...this.chosen];
    this.step = { kind: "saving" };
    try {
      const notebook = this.#session.value.state.path;
      const saved = await saveExperiment({ notebook, name: text("name"), note: text("note"), cells });
      this.step = { kind: "saved", saved };
    } catch (reason) {
      this.step = { kind: "failed", message: reason instanceof Error ? reason.message : String(reason) };
    }
  };
}

const WHY: Readonly<Record<Unfinished["why"], readonly [one: string, many: string]>> = {
  stale: ["is stale", "are stale"],
  "not run": ["has not run", "have not run"],
  running: ["is running", "are running"],
  failed: ["failed", "failed"],
  stopped: ["was stopped", "were stopped"],
};

/** "2 cells are stale: a, b. 1 cell has not run: c." */
function sentences(unfinished: readonly Unfinished[]): string {
  return Object.entries(WHY)
    .flatMap(([why, [one, many]]) => {
      const cells = unfinished.filter((each) => each.why === why).map(({ cell }) => cell);
      if (cells.length === 0) return [];
      const listed = cells.slice(0, LISTED).join(", ");
      const more = cells.length > LISTED ? ` and ${cells.length - LISTED} more` : "";
      return [`${cells.length === 1 ? `1 cell ${one}` : `${cells.length} cells ${many}`}: ${listed}${more}.`];
    })
    .join(" ");
}

customElements.define("pal-save-experiment", SaveExperiment);
