/**
 * One cell: gutter, body and tools. When the cell itself has the focus (Escape), keys work on it: arrows go to the
 * neighbours, Enter edits, Shift+Enter and Ctrl/Cmd+Enter run.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Position } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import type { Leave } from "../editor/extensions.ts";
import { controls } from "../look/controls.ts";
import type { CodeCell } from "./code-cell.ts";
import "./code-cell.ts";
import type { ViewAction } from "./cell-tools.ts";
import "./cell-tools.ts";
import { allErrors } from "./errors.ts";
import { estimatedHeight } from "./estimated-height.ts";
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
    isUsed: { state: true },
  };
  static override styles = [controls, cellStyles];

  declare cell: CellState;
  declare folded: boolean;
  /** The pointer or the focus was in it: only then does it need its tools and details. */
  declare isUsed: boolean;

  constructor() {
    super();
    this.folded = false;
    // Without a pointer that hovers, the tools are always shown.
    this.isUsed = matchMedia("(hover: none)").matches;
  }

  /** Folded as the notebook says, at first and when its option changes. A cell that gets an error unfolds. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("cell")) return;
    // Once the cell was laid out, the browser knows better.
    if (!this.hasUpdated) this.style.setProperty("--estimated-height", `${estimatedHeight(this.cell)}px`);
    const before: CellState | undefined = changed.get("cell");
    if (before?.cell.options.code !== this.cell.cell.options.code) this.folded = startsFolded(this.cell.cell);
    if (hasOwnError(this.cell) && !(before && hasOwnError(before))) this.folded = false;
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    const label = cell.kind === "code" ? `Cell ${cell.id}, ${statusWord(this.cell)}` : `Text ${cell.id}`;
    return html`<article class="${cell.kind} ${shownStatus(this.cell)} ${this.folded ? "is-folded" : ""}" tabindex="0" aria-label=${label} @pointerenter=${this.#used} @focusin=${this.#used} @keydown=${this.#key} @move-focus=${this.#moveFocus}>
      <div class="gutter"><pal-gutter .cell=${this.cell} .detailed=${this.isUsed} @run=${() => this.#code?.run()}></pal-gutter></div>
      ${
        cell.kind === "code"
          ? html`<pal-code .cell=${this.cell} .folded=${this.folded} @unfold=${this.#edit}></pal-code>`
          : html`<pal-text .cell=${this.cell}></pal-text>`
      }
      ${this.isUsed ? this.#tools() : nothing}
    </article>`;
  }

  #tools(): TemplateResult {
    return html`<pal-tools
      role="toolbar"
      aria-label="Tools for ${this.cell.cell.id}"
      .cell=${this.cell}
      .folded=${this.folded}
      @view-action=${this.#viewAction}
    ></pal-tools>`;
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
    await this.#scrollHere(position ? "nearest" : "start");
    if (!position) return this.focus();
    await this.#text?.edit();
    await this.#unfold();
    ((await this.#code?.mount()) ?? this.#text?.editor)?.reveal(position);
  }

  /** Far cells are not laid out yet, so a jump to one may land beside it and is made again when it is. */
  async #scrollHere(block: ScrollLogicalPosition): Promise<void> {
    const isFar = Math.abs(this.getBoundingClientRect().top) > 2 * innerHeight;
    this.scrollIntoView({ block, behavior: isFar ? "instant" : "smooth" });
    if (!isFar) return;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    this.scrollIntoView({ block, behavior: "instant" });
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

  readonly #used = (): void => {
    this.isUsed = true;
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
