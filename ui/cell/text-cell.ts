/** The body of a markdown cell: read as an article, written after a double click or Enter. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { CellState } from "../../server/state/state.ts";
import type { Editor, LeaveDetail, SubmitDetail } from "../editor/editor.ts";
import "../editor/editor.ts";
import { controls } from "../look/controls.ts";
import { markdown, prose } from "../output/markdown.ts";
import type { Session } from "../session/session.ts";
import { bindEditor } from "./bind-editor.ts";

export class Text extends LitElement {
  static override properties = { session: { attribute: false }, cell: { attribute: false }, writing: { state: true } };
  static override styles = [
    controls,
    prose,
    css`
      :host {
        display: block;
      }
      .reading {
        padding: 0.125rem 0;
        min-height: 1.75rem;
      }
      .empty {
        color: var(--muted);
        font-style: italic;
      }
      .writing {
        background: var(--surface);
        border: 1px solid var(--accent);
        border-radius: var(--radius);
      }
    `,
  ];

  declare session: Session;
  declare cell: CellState;
  declare writing: boolean;
  #untie: (() => void) | undefined;

  constructor() {
    super();
    this.writing = false;
  }

  get editor(): Editor | null {
    return this.renderRoot.querySelector("pal-editor");
  }

  async write(): Promise<void> {
    this.writing = true;
    await this.updateComplete;
    const editor = this.editor;
    if (!editor) return;
    await editor.updateComplete;
    this.#untie ??= bindEditor(editor, this.session, this.cell.cell.id);
    editor.focus();
  }

  read(): void {
    this.#untie?.();
    this.#untie = undefined;
    this.writing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.read();
  }

  protected override render(): TemplateResult {
    const { source, id } = this.cell.cell;
    if (this.writing) {
      return html`<div class="writing">
        <pal-editor
          .source=${source}
          .language=${"markdown"}
          .label=${`Text of ${id}`}
          @submit=${this.#submit}
          @leave=${this.#leave}
        ></pal-editor>
      </div>`;
    }
    return html`<div class="reading" @dblclick=${this.write}>
      ${source.trim() === "" ? html`<span class="empty">No text yet. Double-click to write.</span>` : markdown(source)}
    </div>`;
  }

  readonly #submit = (event: CustomEvent<SubmitDetail>): void => this.#done(event.detail.stay ? "cell" : "after");

  readonly #leave = (event: CustomEvent<LeaveDetail>): void => this.#done(event.detail.to);

  #done(to: LeaveDetail["to"]): void {
    this.read();
    this.dispatchEvent(new CustomEvent<LeaveDetail>("go", { detail: { to }, bubbles: true, composed: true }));
  }
}

customElements.define("pal-text", Text);
