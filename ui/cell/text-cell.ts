/** A markdown cell: rendered text, and an editor after a double click or Enter. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { CellState } from "../../server/state/cell-state.ts";
import type { Editor } from "../editor/editor.ts";
import "../editor/editor.ts";
import type { Leave, Submit } from "../editor/extensions.ts";
import { controls } from "../look/controls.ts";
import { markdown, prose } from "../output/markdown.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { bindEditor } from "./bind-editor.ts";
import { moveFocus } from "./move-focus.ts";

export class TextCell extends LitElement {
  static override properties = { cell: { attribute: false }, editing: { state: true } };
  static override styles = [
    controls,
    prose,
    css`
      :host {
        display: block;
      }
      .rendered {
        padding: 0.125rem 0;
        min-height: 1.75rem;
      }
      .empty {
        color: var(--muted);
        font-style: italic;
      }
      .editing {
        background: var(--surface);
        border: 1px solid var(--accent);
        border-radius: var(--radius);
      }
    `,
  ];

  declare cell: CellState;
  declare editing: boolean;
  readonly #session = new SessionConsumer(this);
  #unbind: (() => void) | undefined;

  constructor() {
    super();
    this.editing = false;
  }

  get editor(): Editor | null {
    return this.renderRoot.querySelector("pal-editor");
  }

  async edit(): Promise<void> {
    this.editing = true;
    await this.updateComplete;
    const editor = this.editor;
    if (!editor) return;
    await editor.updateComplete;
    this.#unbind ??= bindEditor(editor, this.#session.value, this.cell.cell.id);
    editor.focus();
  }

  stopEditing(): void {
    this.#unbind?.();
    this.#unbind = undefined;
    this.editing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopEditing();
  }

  protected override render(): TemplateResult {
    const { source, id } = this.cell.cell;
    if (this.editing) {
      return html`<div class="editing">
        <pal-editor
          .source=${source}
          .language=${"markdown"}
          .label=${`Text of ${id}`}
          @submit=${this.#submit}
          @leave=${this.#leave}
        ></pal-editor>
      </div>`;
    }
    return html`<div class="rendered" @dblclick=${this.edit}>
      ${source.trim() === "" ? html`<span class="empty">No text yet. Double-click to edit.</span>` : markdown(source)}
    </div>`;
  }

  readonly #submit = (event: CustomEvent<Submit>): void => this.#leaveTo(event.detail === "stay" ? "cell" : "after");

  readonly #leave = (event: CustomEvent<Leave>): void => this.#leaveTo(event.detail);

  #leaveTo(to: Leave): void {
    this.stopEditing();
    moveFocus(this, to);
  }
}

customElements.define("pal-text", TextCell);
