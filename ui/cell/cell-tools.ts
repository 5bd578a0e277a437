/** The tools at the corner of a cell, shown while the pointer or the focus is on it: run mode, cache, disable, fold, move, delete. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { type Flag, flagged } from "../../server/notebook/source/head.ts";
import type { CellMode } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { controls } from "../look/controls.ts";
import { type IconName, icon } from "../look/icon.ts";
import { SessionConsumer } from "../session/session-context.ts";

/** Actions for the notebook page, which knows the neighbours. */
export type CellAction = "up" | "down" | "remove";
/** Actions for the view of the cell itself. */
export type ViewAction = "fold" | "edit";

const modes: readonly { readonly mode: CellMode; readonly description: string }[] = [
  { mode: "auto", description: "auto: runs again when something that it depends on changes" },
  { mode: "manual", description: "manual: runs only when you run it" },
  { mode: "once", description: "once: runs only one time" },
];

export class CellTools extends LitElement {
  static override properties = {
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

  declare cell: CellState;
  declare folded: boolean;
  readonly #session = new SessionConsumer(this);

  protected override render(): TemplateResult {
    const { kind } = this.cell.cell;
    return html`${kind === "code" ? this.#codeTools() : this.#tool("edit", "edit", "Edit", () => this.#view("edit"))}
      ${this.#tool("move-up", "up", "Move up", () => this.#act("up"))}
      ${this.#tool("move-down", "down", "Move down", () => this.#act("down"))}
      ${this.#tool("remove", "remove", "Delete", () => this.#act("remove"))}`;
  }

  #codeTools(): TemplateResult {
    const { id, mode } = this.cell.cell;
    return html`<select data-action="mode" aria-label="Run mode of ${id}" title=${modes.find((each) => each.mode === mode)?.description ?? ""} @change=${this.#mode}>
        ${modes.map((each) => html`<option .value=${each.mode} title=${each.description} ?selected=${each.mode === mode}>${each.mode}</option>`)}
      </select>
      ${this.#flag("cache", "cache", "Cache results on disk; they survive restarts")}
      ${this.#flag("disabled", "off", "Disable this cell and the cells that depend on it")}
      ${
        this.folded
          ? this.#tool("show-code", "unfold", "Show the code", () => this.#view("edit"))
          : this.#tool("fold", "fold", "Fold the code", () => this.#view("fold"))
      }`;
  }

  #tool(action: string, picture: IconName, name: string, act: () => void): TemplateResult {
    return html`<button class="quiet icon" data-action=${action} title=${name} aria-label="${name}: ${this.cell.cell.id}" @click=${act}>${icon(picture)}</button>`;
  }

  #flag(flag: Flag, picture: IconName, name: string): TemplateResult {
    const { cell } = this.cell;
    const on = flagged(cell, flag);
    const turn = (): unknown => this.#session.value.send({ type: "flag", cell: cell.id, flag, on: !on });
    return html`<button class="quiet icon" data-action=${flag} aria-pressed=${on} title=${name} aria-label="${name}: ${cell.id}" @click=${turn}>${icon(picture)}</button>`;
  }

  #act(action: CellAction): void {
    this.dispatchEvent(new CustomEvent<CellAction>("cell-action", { detail: action, bubbles: true, composed: true }));
  }

  #view(action: ViewAction): void {
    this.dispatchEvent(new CustomEvent<ViewAction>("view-action", { detail: action }));
  }

  readonly #mode = (event: Event): void => {
    const mode = modes.find((each) => each.mode === (event.target as HTMLSelectElement).value)?.mode;
    if (mode) void this.#session.value.send({ type: "mode", cell: this.cell.cell.id, mode });
  };
}

customElements.define("pal-tools", CellTools);
