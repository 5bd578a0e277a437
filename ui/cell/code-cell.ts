/**
 * A code cell: its code, or one line when it is folded, then its progress and its results. A cell that is far from the visible
 * part of the page shows its code without an editor; a click or the focus makes the editor at once.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Cell } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { runsTopLevel } from "../../server/state/freshness.ts";
import type { Editor } from "../editor/editor.ts";
import "../editor/editor.ts";
import type { Leave, Submit } from "../editor/extensions.ts";
import { staticCode, staticCodeStyles } from "../editor/static-code.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { bindEditor } from "./bind-editor.ts";
import { allErrors } from "./errors.ts";
import { foldedLine } from "./layout.ts";
import { LazyEditor } from "./lazy-editor.ts";
import { moveFocus } from "./move-focus.ts";
import "./results.ts";
import { codeCellStyles } from "./code-cell-styles.ts";

export class CodeCell extends LitElement {
  static override properties = {
    cell: { attribute: false },
    folded: { attribute: false },
  };
  static override styles = [controls, codeCellStyles, staticCodeStyles];

  declare cell: CellState;
  declare folded: boolean;
  readonly #session = new SessionConsumer(this);
  readonly #code = new LazyEditor(this, (editor) => bindEditor(editor, this.#session.value, this.cell.cell.id));

  constructor() {
    super();
    this.folded = false;
  }

  get editor(): Editor | null {
    return this.#code.editor;
  }

  /** Makes the editor, if there is none. */
  mount(): Promise<Editor | null> {
    return this.#code.mount();
  }

  /** Moves the focus into the code, or onto the line that folded code shows. */
  enter(): void {
    if (this.folded) this.renderRoot.querySelector<HTMLElement>(".line")?.focus();
    else void this.mount().then((editor) => editor?.focus());
  }

  run(): void {
    this.editor?.flush();
    void this.#session.value.send({ type: "run", cells: [this.cell.cell.id] });
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    return html`<div class=${this.folded ? "folded" : ""}>
      ${
        this.folded
          ? html`<button class="quiet line" data-action="unfold" aria-expanded="false" title="Show the code" @click=${this.#unfold} @keydown=${this.#lineKey}>
              ${icon("right")}<code>${foldedLine(cell.source)}</code><span class="unseen">, folded code of ${cell.id}</span>
            </button>`
          : nothing
      }
      <div class="text-box" ?hidden=${this.folded}>
        ${this.#code.isMounted ? this.#editorOf(cell) : this.#staticOf(cell)}
      </div>
      ${this.#strip()}
      </div>
      <pal-results .cell=${this.cell}></pal-results>`;
  }

  /** The progress of the cell's top level. A training that continues after it shows its progress on its own card. */
  #strip(): TemplateResult {
    const progress = runsTopLevel(this.cell) && this.cell.status === "running" ? this.cell.progress : undefined;
    if (!progress || progress.done >= progress.total) return html`<div class="strip"></div>`;
    const { done, total, label } = progress;
    return html`<div class="strip" data-progress="${done}/${total}">
      <i style="transform: scaleX(${done / total})"></i><span>${label}</span><span>${done} / ${total}</span>
    </div>`;
  }

  #editorOf({ id, source }: Cell): TemplateResult {
    return html`<pal-editor
      .source=${source}
      .label=${`Code of ${id}`}
      .errors=${sameErrors(this.cell)}
      .names=${() => [...this.#session.value.state.topology.definers.keys()]}
      @submit=${this.#submit}
      @leave=${this.#leave}
    ></pal-editor>`;
  }

  #staticOf({ id, source }: Cell): TemplateResult {
    return html`<div tabindex="0" role="group" aria-label="Code of ${id}" @focus=${this.#enterEditor} @pointerdown=${this.#editAt}>
      ${staticCode(source)}
    </div>`;
  }

  readonly #enterEditor = (): void => this.enter();

  readonly #editAt = async (event: PointerEvent): Promise<void> => {
    if (event.button !== 0) return;
    const { clientX, clientY } = event;
    // The browser would give the focus to what was pressed, which is gone by then.
    event.preventDefault();
    (await this.mount())?.focusAt(clientX, clientY);
  };

  readonly #submit = (event: CustomEvent<Submit>): void => {
    this.run();
    if (event.detail === "next") moveFocus(this, "after");
  };

  readonly #unfold = (): void => {
    this.dispatchEvent(new Event("unfold"));
  };

  /** The folded line reacts to the same keys as the text. */
  readonly #lineKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowUp") moveFocus(this, "before");
    else if (event.key === "ArrowDown") moveFocus(this, "after");
    else if (event.key === "Escape") moveFocus(this, "cell");
    else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      this.run();
      if (event.shiftKey) moveFocus(this, "after");
    } else return;
    event.preventDefault();
  };

  readonly #leave = (event: CustomEvent<Leave>): void => moveFocus(this, event.detail);
}

/** The same array while the errors are the same, so that the editor sets its marks only when they change. */
const errorLists = new WeakMap<CellState["errors"], { error: CellState["error"]; all: ReturnType<typeof allErrors> }>();
function sameErrors(cell: CellState): ReturnType<typeof allErrors> {
  const last = errorLists.get(cell.errors);
  if (last && last.error === cell.error) return last.all;
  const all = allErrors(cell);
  errorLists.set(cell.errors, { error: cell.error, all });
  return all;
}

customElements.define("pal-code", CodeCell);
