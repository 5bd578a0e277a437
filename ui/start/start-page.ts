/** The start page: the notebooks of the workspace, newest work first, and the way to a new one. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { NotebookListing } from "../../server/protocol.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { presentTheme, switchTheme } from "../look/theme.ts";
import { since } from "../look/time.ts";
import { address, copyName, type Listed, listNotebooks, makeNotebook } from "./notebooks.ts";

export class StartPage extends LitElement {
  static override properties = { listing: { state: true }, fault: { state: true } };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        max-width: 50rem;
        margin: 0 auto;
        padding: 3.5rem 1.25rem 6rem;
      }
      header {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 1rem;
      }
      h1 {
        margin: 0;
        font-size: var(--title);
        font-weight: 650;
        letter-spacing: -0.015em;
        line-height: 1.2;
      }
      .workspace {
        margin: 0.375rem 0 0;
        color: var(--muted);
        font: var(--small) / 1.5 var(--mono);
        overflow-wrap: anywhere;
      }
      form {
        display: flex;
        gap: 0.5rem;
        margin: 2rem 0 1rem;
      }
      form input {
        flex: 1;
        min-height: 2.25rem;
      }
      form button {
        min-height: 2.25rem;
      }
      .fault {
        margin: 0 0 1rem;
        padding: 0.5rem 0.875rem;
        border-left: 3px solid var(--danger);
        background: var(--danger-wash);
        border-radius: 0 var(--radius) var(--radius) 0;
        font-size: var(--code);
      }
      ul {
        list-style: none;
        margin: 0 -0.75rem;
        padding: 0;
        border-top: 1px solid var(--hairline);
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.125rem 1rem;
        padding: 1.125rem 0.75rem;
        border-bottom: 1px solid var(--hairline);
      }
      li:hover {
        background: var(--surface);
      }
      .title {
        font-size: var(--large);
        font-weight: 600;
        line-height: 1.35;
        color: var(--ink);
        text-decoration: none;
      }
      .title::after {
        content: "";
        position: absolute;
        inset: 0;
      }
      .title:focus-visible {
        outline: none;
      }
      .title:focus-visible::after {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .summary {
        grid-column: 1;
        margin: 0.125rem 0 0.25rem;
        max-width: 40rem;
        line-height: 1.5;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .facts {
        grid-column: 1;
        color: var(--muted);
        font-size: var(--small);
      }
      .facts code {
        font-family: var(--mono);
      }
      .running {
        color: var(--accent);
        font-weight: 600;
      }
      li button {
        position: relative;
        z-index: 1;
      }
      .empty {
        padding: 2rem 0;
        color: var(--muted);
      }
    `,
  ];

  declare listing: NotebookListing | undefined;
  declare fault: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Palimpsest";
    void this.#list();
    document.addEventListener("visibilitychange", this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#again);
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
        <button class="quiet icon" data-action="theme" aria-label="Light or dark" @click=${this.#theme}>${icon(presentTheme() === "dark" ? "light" : "dark")}</button>
      </header>
      <form @submit=${this.#make}>
        <input type="text" name="path" required autocomplete="off" spellcheck="false" aria-label="Name of a new notebook" placeholder="Name of a new notebook" />
        <button class="primary" data-action="new">${icon("plus")} New notebook</button>
      </form>
      <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
      ${listing && notebooks.length === 0 ? html`<p class="empty">No notebooks here yet. Give the first one a name.</p>` : nothing}
      <ul>
        ${repeat(
          notebooks,
          (each) => each.path,
          (each) => this.#row(each),
        )}
      </ul>
    </main>`;
  }

  #row(notebook: Listed): TemplateResult {
    const { path, title, summary, cells, modified, running, open } = notebook;
    return html`<li data-notebook=${path}>
      <a class="title" href=${address(path)}>${title}</a>
      <button class="quiet" data-action="duplicate" title="Duplicate" aria-label="Duplicate ${title}" @click=${() => this.#copy(path)}>${icon("copy")} Duplicate</button>
      ${summary ? html`<p class="summary">${summary}</p>` : nothing}
      <span class="facts">
        <code>${path}</code> · ${cells} ${cells === 1 ? "cell" : "cells"} · <time datetime=${new Date(modified).toISOString()}>${since(modified, Date.now())}</time>${
          running ? html` · <span class="running">● running</span>` : open ? " · open" : nothing
        }
      </span>
    </li>`;
  }

  readonly #again = (): void => {
    if (!document.hidden) void this.#list();
  };

  async #list(): Promise<void> {
    await this.#attempt(async () => {
      this.listing = await listNotebooks();
    });
  }

  async #make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const path = String(new FormData(event.target as HTMLFormElement).get("path")).trim();
    await this.#attempt(async () => location.assign(address(await makeNotebook({ path }))));
  }

  async #copy(from: string): Promise<void> {
    await this.#attempt(async () => {
      const taken = this.listing?.notebooks.map((each) => each.path) ?? [];
      await makeNotebook({ path: copyName(from, taken), from });
      this.listing = await listNotebooks();
    });
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }

  #theme(): void {
    switchTheme();
    this.requestUpdate();
  }
}

customElements.define("pal-start", StartPage);
