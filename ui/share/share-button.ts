/** The button of the workbench that makes a shared page, and its dialog: what goes into the file, and what its reader is told. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { ShareOrder, ShareTarget } from "../../server/runs/share.ts";
import { bytes } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { closeDialog, openDialog } from "../look/dialog.ts";
import { dialogStyles } from "../look/dialog-styles.ts";
import { icon } from "../look/icon.ts";
import { sharePage } from "../session/share.ts";
import { saveFile } from "./save-file.ts";

type Step =
  | { readonly kind: "closed" | "editing" | "making" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "made"; readonly name: string; readonly size: number };

const PARTS: readonly {
  readonly part: ShareOrder["include"][number];
  readonly label: string;
  readonly of: "all" | "record";
}[] = [
  { part: "adapter", label: "trained weights (adapters)", of: "all" },
  { part: "rows", label: "all rows of the trainings", of: "all" },
  { part: "data", label: "data files", of: "record" },
  {
    part: "training",
    label: "what runs and verifies it in the reader's browser, with its models and data files",
    of: "record",
  },
];

export class ShareButton extends LitElement {
  static override properties = { target: { attribute: false }, step: { state: true } };
  static override styles = [
    controls,
    dialogStyles,
    css`
      :host {
        display: block;
      }
      fieldset {
        display: grid;
        gap: 0.25rem;
      }
      /* In the bar, which is full. */
      @media (max-width: 90rem) {
        :host([compact]) .word {
          display: none;
        }
      }
      @media (max-width: 40rem) {
        :host([compact]) > button {
          padding: 0 0.375rem;
        }
      }
    `,
  ];

  declare target: ShareTarget;
  declare step: Step;

  constructor() {
    super();
    this.step = { kind: "closed" };
  }

  protected override render(): TemplateResult {
    return html`<button data-action="share" aria-label="Share" title="Make one HTML file that shows the results" @click=${this.#open}>${icon("share")} <span class="word">Share</span></button>
      <dialog aria-labelledby="title" @close=${this.#closed} @keydown=${(event: Event) => event.stopPropagation()}>${this.step.kind === "closed" ? nothing : this.#content()}</dialog>`;
  }

  #content(): TemplateResult {
    const { step } = this;
    if (step.kind === "made")
      return html`<h2 id="title">Made</h2>
        <p><b>${step.name}</b>, ${bytes(step.size)}, is in your downloads. It opens in any browser, without a network.</p>
        <div class="buttons"><button type="button" data-action="close-share" autofocus @click=${this.#close}>Close</button></div>`;
    const isRecord = "record" in this.target;
    return html`<form @submit=${this.#make}>
      <h2 id="title">Share</h2>
      <p class="about">
        Makes one HTML file of what ${isRecord ? "the record" : "the notebook"} shows. Nothing is run for it; cells that are stale, failed or not finished are
        marked. Paths, names and secrets of this machine are left out.
      </p>
      <label class="field"
        >Code
        <select name="code">
          <option value="folded">folded</option>
          <option value="shown">shown</option>
          <option value="none">not shown</option>
        </select></label
      >
      <fieldset>
        <legend>Also in the file</legend>
        ${PARTS.filter((each) => isRecord || each.of === "all").map(
          ({ part, label }) => html`<label><input type="checkbox" name="include" value=${part} /> ${label}</label>`,
        )}
      </fieldset>
      <label class="field">Note for the reader <textarea name="note" rows="2" maxlength="20000"></textarea></label>
      <label class="field">Licence <input type="text" name="licence" maxlength="1000" placeholder="CC BY 4.0" /></label>
      <div role="alert">${step.kind === "failed" ? html`<p class="fault">${step.message}</p>` : nothing}</div>
      <div class="buttons">
        <button type="button" @click=${this.#close}>Cancel</button>
        <button class="primary" data-action="make-share" ?disabled=${step.kind === "making"}>${step.kind === "making" ? "Making…" : "Download"}</button>
      </div>
    </form>`;
  }

  readonly #open = (): Promise<void> =>
    openDialog(this, () => {
      this.step = { kind: "editing" };
    });

  readonly #close = (): void => closeDialog(this);

  readonly #closed = (): void => {
    this.step = { kind: "closed" };
  };

  readonly #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "");
    this.step = { kind: "making" };
    try {
      const page = await sharePage({
        target: this.target,
        code: text("code") as ShareOrder["code"],
        include: form.getAll("include").map(String) as readonly ShareOrder["include"][number][],
        note: text("note"),
        licence: text("licence"),
      });
      const name = `${nameOf(this.target)}.html`;
      saveFile(name, page, "text/html");
      this.step = { kind: "made", name, size: page.size };
    } catch (reason) {
      this.step = { kind: "failed", message: reason instanceof Error ? reason.message : String(reason) };
    }
  };
}

function nameOf(target: ShareTarget): string {
  const path = "notebook" in target ? target.notebook : target.record;
  return (path.split("/").at(-1) ?? path).replace(/\.ts$/, "");
}

customElements.define("pal-share-button", ShareButton);
