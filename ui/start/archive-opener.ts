/** Opens the archive of a record on the start page: chosen in a dialog, or dropped anywhere on the page. Nothing in it runs. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../look/controls.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import { openArchive } from "../session/records.ts";

type Step =
  | { readonly kind: "waiting" }
  | { readonly kind: "dragging" }
  | { readonly kind: "opening"; readonly name: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "incomplete"; readonly notebook: string; readonly missing: readonly string[] };

export class ArchiveOpener extends LitElement {
  static override properties = { step: { state: true } };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        margin-bottom: 1rem;
        font-size: var(--small);
        color: var(--muted);
      }
      p {
        margin: 0;
      }
      .fault {
        color: var(--danger);
      }
      .drop {
        padding: 1.5rem;
        border: 2px dashed var(--accent);
        border-radius: var(--radius);
        background: var(--wash);
        color: var(--accent);
        text-align: center;
      }
    `,
  ];

  declare step: Step;

  constructor() {
    super();
    this.step = { kind: "waiting" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("dragover", this.#over);
    addEventListener("dragleave", this.#left);
    addEventListener("drop", this.#dropped);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("dragover", this.#over);
    removeEventListener("dragleave", this.#left);
    removeEventListener("drop", this.#dropped);
  }

  protected override render(): TemplateResult {
    const { step } = this;
    if (step.kind === "dragging")
      return html`<p class="drop">Drop the archive of a record here. Nothing in it runs until you run it.</p>`;
    const isOpening = step.kind === "opening";
    return html`<p>
        Or open the archive of a record (.zip):
        <button class="link" data-action="open-archive" ?disabled=${isOpening} @click=${this.#choose}>${isOpening ? `Opening ${step.name}…` : "choose a file"}</button>
        or drop it here.
        <input type="file" accept=".zip,application/zip" hidden @change=${this.#chosen} />
      </p>
      <div role="alert">${step.kind === "failed" ? html`<p class="fault">${step.message}</p>` : nothing}</div>
      ${
        step.kind === "incomplete"
          ? html`<p role="status">
              <a href=${notebookAddress(step.notebook)} data-link-to="opened">${step.notebook}</a> was unpacked. The archive has only the digests of
              ${step.missing.join(", ")}: put them there before you run it.
            </p>`
          : nothing
      }`;
  }

  readonly #choose = (): void => {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.click();
  };

  readonly #chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (file) void this.#open(file);
  };

  readonly #over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (this.step.kind !== "opening") this.step = { kind: "dragging" };
  };

  /** Also fired between elements of the page; only then is there another one. */
  readonly #left = (event: DragEvent): void => {
    if (event.relatedTarget === null && this.step.kind === "dragging") this.step = { kind: "waiting" };
  };

  readonly #dropped = (event: DragEvent): void => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    // The browser would leave the page and show the file.
    event.preventDefault();
    void this.#open(file);
  };

  async #open(file: File): Promise<void> {
    this.step = { kind: "opening", name: file.name };
    try {
      const { notebook, missing } = await openArchive(file);
      if (missing.length > 0) this.step = { kind: "incomplete", notebook, missing };
      else location.assign(notebookAddress(notebook));
    } catch (reason) {
      this.step = { kind: "failed", message: reason instanceof Error ? reason.message : String(reason) };
    }
  }
}

customElements.define("pal-archive-opener", ArchiveOpener);
