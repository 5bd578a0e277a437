/** The log of an entry in a dialog. While the entry runs, what it prints appears at the end. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { bytes } from "../../server/state/quantity.ts";
import type { EntryLog, ListedEntry } from "../../server/sweep/api.ts";
import { controls } from "../look/controls.ts";
import { readEntryLog } from "../session/sweeps.ts";

/** Milliseconds between two looks at the log of an entry that runs. */
const LOOK_MS = 1500;

export class EntryLogDialog extends LitElement {
  static override properties = {
    sweep: { attribute: false },
    entry: { attribute: false },
    name: { attribute: false },
    log: { state: true },
    fault: { state: true },
  };
  static override styles = [
    controls,
    css`
      dialog {
        width: min(56rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 4rem);
        padding: 1.25rem 1.5rem;
        border: 1px solid var(--hairline);
        border-radius: calc(var(--radius) * 1.5);
        background: var(--raised);
        color: var(--ink);
        font-size: var(--code);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.3);
      }
      h2 {
        margin: 0 0 0.5rem;
        font-size: var(--text);
        overflow-wrap: anywhere;
      }
      pre {
        max-height: 60dvh;
        margin: 0 0 0.75rem;
        padding: 0.625rem 0.75rem;
        overflow: auto;
        border: 1px solid var(--hairline);
        border-radius: var(--radius);
        background: var(--surface);
        font: var(--small) / 1.5 var(--mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      p {
        margin: 0 0 0.5rem;
        color: var(--muted);
      }
      .fault {
        color: var(--danger);
      }
    `,
  ];

  declare sweep: string;
  declare entry: ListedEntry;
  declare name: string;
  declare log: EntryLog | undefined;
  declare fault: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override render(): TemplateResult {
    const { log } = this;
    return html`<dialog aria-labelledby="title" @close=${() => this.dispatchEvent(new Event("closed"))}>
      <h2 id="title">${this.name}</h2>
      <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
      ${log && log.cut > 0 ? html`<p>The first ${bytes(log.cut)} are left out.</p>` : nothing}
      <pre tabindex="0" aria-label="Log" aria-busy=${log === undefined}>${log?.text === "" ? "It has printed nothing yet." : (log?.text ?? "")}</pre>
      <button data-action="close-log" autofocus @click=${this.#close}>Close</button>
    </dialog>`;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  readonly #load = async (): Promise<void> => {
    const before = this.log?.text.length;
    try {
      this.log = await readEntryLog(this.sweep, this.entry.id);
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
    await this.updateComplete;
    const shown = this.renderRoot.querySelector("pre");
    if (shown && this.log?.text.length !== before) shown.scrollTop = shown.scrollHeight;
    if (this.isConnected && this.entry.status === "running") this.#timer = setTimeout(this.#load, LOOK_MS);
  };

  readonly #close = (): void => {
    this.renderRoot.querySelector("dialog")?.close();
  };
}

customElements.define("pal-entry-log", EntryLogDialog);
