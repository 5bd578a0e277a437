/**
 * One cell: gutter, body and tools. When the cell itself has the focus (Escape), keys work on it: arrows go to the
 * neighbours, Enter edits, Shift+Enter and Ctrl/Cmd+Enter run.
 */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { Position } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import type { Leave } from "../editor/extensions.ts";
import { controls } from "../look/controls.ts";
import type { CodeCell } from "./code-cell.ts";
import "./code-cell.ts";
import type { ViewAction } from "./cell-tools.ts";
import "./cell-tools.ts";
import { allErrors } from "./errors.ts";
import { startsFolded } from "./layout.ts";
import "./gutter.ts";
import { moveFocus } from "./move-focus.ts";
import { shownStatus, statusWord } from "./status.ts";
import type { TextCell } from "./text-cell.ts";
import "./text-cell.ts";
import { cellStyles } from "./cell-styles.ts";

export class CellView extends LitElement {
  static override properties = {
    cell: { attribute: false },
    folded: { state: true },
  };
  static override styles = [controls, cellStyles];

  declare cell: CellState;
  declare folded: boolean;

  constructor() {
    super();
    this.folded = false;
  }

  /** Folded as the notebook says, at first and when its option changes. A cell that gets an error unfolds. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("cell")) return;
    const before: CellState | undefined = changed.get("cell");
    if (before?.cell.options.code !== this.cell.cell.options.code) this.folded = startsFolded(this.cell.cell);
    if (hasOwnError(this.cell) && !(before && hasOwnError(before))) this.folded = false;
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    const label = cell.kind === "code" ? `Cell ${cell.id}, ${statusWord(this.cell)}` : `Text ${cell.id}`;
    return html`<article class="${cell.kind} ${shownStatus(this.cell)}" tabindex="0" aria-label=${label} @keydown=${this.#key} @move-focus=${this.#moveFocus}>
      <div class="gutter"><pal-gutter .cell=${this.cell} @run=${() => this.#code?.run()}></pal-gutter></div>
      ${
        cell.kind === "code"
          ? html`<pal-code .cell=${this.cell} .folded=${this.folded} @unfold=${this.#edit}></pal-code>`
          : html`<pal-text .cell=${this.cell}></pal-text>`
      }
      <pal-tools
        role="toolbar"
        aria-label="Tools for ${cell.id}"
       
        .cell=${this.cell}
        .folded=${this.folded}
        @view-action=${this.#viewAction}
      ></pal-tools>
    </article>`;
  }

  /** Sends what was typed and not sent yet. */
  flush(): void {
    (this.#code?.editor ?? this.#text?.editor)?.flush();
  }

  /** Moves the focus into code. A markdown cell gets the focus itself, because it is mostly read. */
  enter(): void {
    if (this.#code) this.#code.enter();
    else this.focus();
  }

  override focus(): void {
    this.renderRoot.querySelector("article")?.focus();
  }

  async reveal(position: Position | undefined): Promise<void> {
    this.scrollIntoView({ block: position ? "nearest" : "start", behavior: "smooth" });
    if (!position) return this.focus();
    await this.#text?.edit();
    await this.#unfold();
    (this.#code?.editor ?? this.#text?.editor)?.reveal(position);
  }

  /** Opens the text for editing, also when it is rendered markdown or folded code. */
  async edit(): Promise<void> {
    await this.#unfold();
    if (this.#text) await this.#text.edit();
    else this.enter();
  }

  async #unfold(): Promise<void> {
    this.folded = false;
    await this.updateComplete;
    await this.#code?.updateComplete;
  }

  get #code(): CodeCell | null {
    return this.renderRoot.querySelector("pal-code");
  }

  get #text(): TextCell | null {
    return this.renderRoot.querySelector("pal-text");
  }

  readonly #viewAction = ({ detail }: CustomEvent<ViewAction>): void => {
    if (detail === "edit") return void this.edit();
    this.flush();
    this.folded = true;
  };

  readonly #edit = (): void => void this.edit();

  readonly #moveFocus = (event: CustomEvent<Leave>): void => {
    if (event.detail !== "cell") return;
    event.stopPropagation();
    this.focus();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.composedPath()[0] !== event.currentTarget) return;
    if (event.key === "ArrowUp") moveFocus(this, "before");
    else if (event.key === "ArrowDown") moveFocus(this, "after");
    else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      this.#code?.run();
      if (event.shiftKey) moveFocus(this, "after");
    } else if (event.key === "Enter") void this.edit();
    else return;
    event.preventDefault();
  };
}

/** An error other than that of a cell which it depends on. */
function hasOwnError(cell: CellState): boolean {
  return allErrors(cell).some((each) => each.kind !== "blocked");
}

customElements.define("pal-cell", CellView);
