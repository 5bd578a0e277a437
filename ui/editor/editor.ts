/**
 * The text of a cell in CodeMirror. It sends what was typed a quarter of a second after the last key, and merges what
 * others typed without moving the cursor (see text-merge.ts). It does not know the session: it fires `edit`, and gets sources
 * from elsewhere through `receive`.
 *
 * Events: `edit` {source}, `submit` (a `Submit`), `leave` (a `Leave`).
 */
import { redoDepth, undoDepth } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { CellError, Position } from "../../server/notebook/types.ts";
import type { SourceOrigin } from "../session/session.ts";
import { merged } from "../session/text-merge.ts";
import { editorExtensions, type Language, type Leave, type Submit } from "./extensions.ts";
import { offsetOf, squiggles } from "./squiggles.ts";

export type EditDetail = { readonly source: string };

/** Milliseconds between the last key and the edit. */
const PAUSE = 250;

export class Editor extends LitElement {
  static override properties = {
    language: { attribute: false },
    errors: { attribute: false },
    label: { attribute: false },
  };
  static override styles = css`
    :host {
      display: block;
      min-height: 2.65rem;
    }
  `;

  /** The first text; later ones come through `receive`. */
  source = "";
  declare language: Language;
  declare errors: readonly CellError[];
  /** What a screen reader calls this editor. */
  declare label: string;
  /** Names that other cells define, for completion. */
  names: () => readonly string[] = () => [];
  #view: EditorView | undefined;
  /** What the server last confirmed. */
  #base = "";
  #sent: string | undefined;
  /** What was sent since then and not confirmed. */
  #offered: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.language = "typescript";
    this.errors = [];
    this.label = "";
  }

  get text(): string {
    return this.#view?.state.doc.toString() ?? this.source;
  }

  /** Whether nothing would be lost without this editor: no text that is on its way, nothing to undo, no focus. */
  get isIdle(): boolean {
    const view = this.#view;
    if (!view) return true;
    const { state } = view;
    const isSaved = this.#timer === undefined && this.#offered.length === 0 && this.text === this.#base;
    return isSaved && !view.hasFocus && undoDepth(state) === 0 && redoDepth(state) === 0;
  }

  protected override render(): TemplateResult {
    return html`<div class="holder"></div>`;
  }

  protected override firstUpdated(): void {
    this.#base = this.source;
    const extensions = editorExtensions({
      label: this.label,
      language: this.language,
      names: () => this.names(),
      submit: (detail) => {
        this.flush();
        this.dispatchEvent(new CustomEvent<Submit>("submit", { detail }));
      },
      leave: (detail) => {
        this.flush();
        this.dispatchEvent(new CustomEvent<Leave>("leave", { detail }));
      },
      typed: () => this.#flushLater(),
      blurred: () => this.flush(),
    });
    this.#view = new EditorView({
      parent: this.renderRoot.querySelector(".holder")!,
      root: this.renderRoot as ShadowRoot,
      state: EditorState.create({ doc: this.source, extensions }),
    });
    // Makes CodeMirror measure its lines now: with the heights that it estimates, the cell would be taller for one frame.
    this.#view.coordsAtPos(0);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const view = this.#view;
    if (!view || !changed.has("errors")) return;
    view.dispatch(setDiagnostics(view.state, squiggles(view.state.doc, this.errors)));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.flush();
  }

  /** Puts the cursor at a place of the window, as a click there does. */
  focusAt(x: number, y: number): void {
    const view = this.#view;
    if (!view) return;
    const at = view.posAtCoords({ x, y }, false);
    view.dispatch({ selection: { anchor: at } });
    view.focus();
  }

  override focus(): void {
    void this.updateComplete.then(() => this.#view?.focus());
  }

  /** Moves the cursor to the position and scrolls there. */
  reveal(position: Position): void {
    const view = this.#view;
    if (!view) return;
    const at = offsetOf(view.state.doc, position);
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    view.focus();
  }

  /** Sends what was typed now, before something that depends on it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const source = this.text;
    if (!this.#view || source === this.#base || source === this.#sent) return;
    this.#sent = source;
    this.#offered.push(source);
    this.dispatchEvent(new CustomEvent<EditDetail>("edit", { detail: { source } }));
  }

  /** The edit did not arrive: the next `flush` sends it again. */
  markUnsent(): void {
    this.#sent = undefined;
  }

  /** The session's source changed. An edit of this page that comes back changes only the base. */
  receive(source: string, origin: SourceOrigin): void {
    const view = this.#view;
    if (!view) {
      this.source = source;
      return;
    }
    const offered = this.#offered.lastIndexOf(source);
    this.#offered = this.#offered.slice(offered + 1);
    if (origin === "this-page") {
      this.#base = source;
      return;
    }
    if (offered >= 0) {
      // The server has what was sent here, and its answer was lost. It is not a change that somebody else made.
      this.#base = source;
      this.#sent = undefined;
      if (this.text !== source) this.#flushLater();
      return;
    }
    const changes = merged(this.#base, this.text, source);
    this.#base = source;
    this.#sent = undefined;
    if (!changes.empty) {
      view.dispatch({ changes, annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)] });
    }
    if (this.text !== source) this.#flushLater();
  }

  /** What the source is now, when the editor begins to follow it. */
  catchUp(source: string): void {
    if (source !== this.#base && !this.#offered.includes(source)) this.receive(source, "elsewhere");
  }

  #flushLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }
}

customElements.define("pal-editor", Editor);
declare global {
  interface HTMLElementTagNameMap {
    "pal-editor": Editor;
  }
}
