/** The start page: the notebooks of the workspace, the most recently changed first, their kernels, and a form for a new one. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { NotebookListing } from "../../server/protocol.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import "../look/theme-button.ts";
import { since } from "../look/time.ts";
import { copyName, createNotebook, type ListedNotebook, listNotebooks } from "./notebooks.ts";
import "./archive-opener.ts";
import "./running-kernel.ts";
import { startPageStyles } from "./start-page-styles.ts";

/** Milliseconds between two looks at kernels that run. */
const REFRESH_MS = 5000;

export class StartPage extends LitElement {
  static override properties = { listing: { state: true }, error: { state: true } };
  static override styles = [controls, startPageStyles];

  declare listing: NotebookListing | undefined;
  declare error: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Palimpsest";
    void this.#load();
    document.addEventListener("visibilitychange", this.#refresh);
    this.#timer = setInterval(() => this.listing?.notebooks.some(({ open }) => open) && this.#refresh(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#refresh);
  }

  protected override render(): TemplateResult {
    const { listing } = this;
    const notebooks = [...(listing?.notebooks ?? [])].sort((a, b) => b.modified - a.modified);
    return html`<main aria-busy=${listing === undefined}>
      <header>
        <div>
          <h1>Palimpsest</h1>
          <p class="workspace">${listing?.workspace ?? html`&nbsp;`}</p>
        </div>
        <nav><a href="/runs" data-link-to="runs">Runs</a> <a href="/records" data-link-to="records">Records</a> <a href="/sweeps" data-link-to="sweeps">Sweeps</a> <pal-theme-button></pal-theme-button></nav>
      </header>
      <form @submit=${this.#create}>
        <input type="text" name="path" required autocomplete="off" spellcheck="false" aria-label="Name of a new notebook" placeholder="Name of a new notebook" />
        <button class="primary" data-action="new">${icon("plus")} New notebook</button>
      </form>
      <pal-archive-opener></pal-archive-opener>
      <div role="alert">${this.error ? html`<p class="error">${this.error}</p>` : nothing}</div>
      ${listing && notebooks.length === 0 ? html`<p class="empty">This workspace has no notebooks yet. Enter a name above to create one.</p>` : nothing}
      <ul>
        ${repeat(
          notebooks,
          (each) => each.path,
          (each) => this.#row(each),
        )}
      </ul>
    </main>`;
  }

  #row(notebook: ListedNotebook): TemplateResult {
    const { path, title, summary, cells, modified, running, open, kernel } = notebook;
    return html`<li data-notebook=${path}>
      <a class="title" href=${notebookAddress(path)}>${title}</a>
      <button class="quiet" data-action="duplicate" title="Duplicate" aria-label="Duplicate ${title}" @click=${() => this.#duplicate(path)}>${icon("copy")} Duplicate</button>
      ${summary ? html`<p class="summary">${summary}</p>` : nothing}
      <span class="details">
        <code>${path}</code> · ${cells} ${cells === 1 ? "cell" : "cells"} · <time datetime=${new Date(modified).toISOString()}>${since(modified, Date.now())}</time>${
          running ? html` · <span class="running">● running</span>` : open ? " · open" : nothing
        }
      </span>
      ${open ? html`<pal-running-kernel .notebook=${path} .kernel=${kernel} @ended=${this.#refresh}></pal-running-kernel>` : nothing}
    </li>`;
  }

  readonly #refresh = (): void => {
    if (!document.hidden) void this.#load();
  };

  async #load(): Promise<void> {
    await this.#showErrors(async () => {
      this.listing = await listNotebooks();
    });
  }

  async #create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const path = String(new FormData(event.target as HTMLFormElement).get("path")).trim();
    await this.#showErrors(async () => location.assign(notebookAddress(await createNotebook({ path }))));
  }

  async #duplicate(from: string): Promise<void> {
    await this.#showErrors(async () => {
      const taken = this.listing?.notebooks.map((each) => each.path) ?? [];
      await createNotebook({ path: copyName(from, taken), from });
      this.listing = await listNotebooks();
    });
  }

  /** Does something and shows the error when it fails. */
  async #showErrors(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = undefined;
    } catch (reason) {
      this.error = reason instanceof Error ? reason.message : String(reason);
    }
  }
}

customElements.define("pal-start", StartPage);
