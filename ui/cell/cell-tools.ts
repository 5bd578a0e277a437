/** The small things that one does with a cell as a whole, at its corner while one is near: how it runs, where it stands. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { type Flag, flagged } from "../../server/notebook/source/head.ts";
import type { CellMode } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import { type IconName, icon } from "../look/icon.ts";
import type { Session } from "../session/session.ts";

/** What a cell's tools ask of the notebook, which knows the neighbours. */
export type CellAsk = "up" | "down" | "remove";
/** What they ask of the cell itself. */
export type ToolAsk = "fold" | "write";

const modes: readonly { readonly mode: CellMode; readonly words: string }[] = [
  { mode: "auto", words: "auto: runs when something that it uses changed" },
  { mode: "manual", words: "manual: runs when asked" },
  { mode: "once", words: "once: runs a single time" },
];

export class Tools extends LitElement {
  static override properties = {
    session: { attribute: false },
    cell: { attribute: false },
    folded: { attribute: false },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        padding: 1px;
        background: var(--raised);
        border: 1px solid var(--hairline);
        border-radius: var(--radius);
      }
      select {
        min-height: 1.75rem;
        border: 0;
        background: none;
        font-size: var(--small);
        color: var(--muted);
      }
      button.quiet[aria-pressed="true"] {
        color: var(--accent);
        background: var(--wash);
      }
    `,
  ];

  declare session: Session;
  declare cell: CellState;
  declare folded: boolean;

  protected override render(): TemplateResult {
    const { kind } = this.cell.cell;
    return html`${kind === "code" ? this.#ofCode() : this.#tool("edit", "edit", "Write", () => this.#own("write"))}
      ${this.#tool("move-up", "up", "Move up", () => this.#ask("up"))}
      ${this.#tool("move-down", "down", "Move down", () => this.#ask("down"))}
      ${this.#tool("remove", "remove", "Delete", () => this.#ask("remove"))}`;
  }

  #ofCode(): TemplateResult {
    const { id, mode } = this.cell.cell;
    return html`<select data-action="mode" aria-label="Run mode of ${id}" title=${modes.find((each) => each.mode === mode)?.words ?? ""} @change=${this.#mode}>
        ${modes.map((each) => html`<option .value=${each.mode} title=${each.words} ?selected=${each.mode === mode}>${each.mode}</option>`)}
      </select>
      ${this.#flag("cache", "cache", "Keep what it gives in the cache, over restarts")}
      ${this.#flag("disabled", "off", "Disable it, and what needs it")}
      ${
        this.folded
          ? this.#tool("show-code", "unfold", "Show the code", () => this.#own("write"))
          : this.#tool("fold", "fold", "Fold the code", () => this.#own("fold"))
      }`;
  }

  #tool(action: string, picture: IconName, name: string, act: () => void): TemplateResult {
    return html`<button class="quiet icon" data-action=${action} title=${name} aria-label="${name}: ${this.cell.cell.id}" @click=${act}>${icon(picture)}</button>`;
  }

  #flag(flag: Flag, picture: IconName, name: string): TemplateResult {
    const { cell } = this.cell;
    const on = flagged(cell, flag);
    const turn = (): unknown => this.session.ask({ type: "flag", cell: cell.id, flag, on: !on });
    return html`<button class="quiet icon" data-action=${flag} aria-pressed=${on} title=${name} aria-label="${name}: ${cell.id}" @click=${turn}>${icon(picture)}</button>`;
  }

  #ask(what: CellAsk): void {
    this.dispatchEvent(new CustomEvent<CellAsk>("cell-ask", { detail: what, bubbles: true, composed: true }));
  }

  #own(what: ToolAsk): void {
    this.dispatchEvent(new CustomEvent<ToolAsk>("tool", { detail: what }));
  }

  readonly #mode = (event: Event): void => {
    const mode = modes.find((each) => each.mode === (event.target as HTMLSelectElement).value)?.mode;
    if (mode) void this.session.ask({ type: "mode", cell: this.cell.cell.id, mode });
  };
}

customElements.define("pal-tools", Tools);
