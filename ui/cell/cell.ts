/**
 * One cell as a whole: gutter, body and the few tools that one needs with it. Focused itself (Escape) it answers to keys:
 * arrows go to the neighbours, Enter edits, Shift+Enter and Ctrl/Cmd+Enter run.
 */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { Position } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/state.ts";
import type { LeaveDetail } from "../editor/editor.ts";
import { controls } from "../look/controls.ts";
import type { Session } from "../session/session.ts";
import type { Code } from "./code-cell.ts";
import "./code-cell.ts";
import { allErrors } from "./errors.ts";
import { startsFolded } from "./layout.ts";
import "./gutter.ts";
import { shownStatus, statusWord } from "./status.ts";
import type { Text } from "./text-cell.ts";
import "./text-cell.ts";
import type { ToolAsk } from "./cell-tools.ts";
import "./cell-tools.ts";

export class CellView extends LitElement {
  static override properties = {
    session: { attribute: false },
    cell: { attribute: false },
    folded: { state: true },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        scroll-margin: 5rem;
      }
      article {
        display: grid;
        grid-template-columns: var(--gutter) minmax(0, 1fr);
        gap: 0 1rem;
        position: relative;
        border-radius: var(--radius);
      }
      article:focus-visible {
        outline: 2px solid var(--accent);
        outline-offset: 0.375rem;
      }
      .gutter {
        position: relative;
      }
      pal-gutter {
        position: sticky;
        top: 4.25rem;
      }
      .disabled :is(pal-code, pal-text) {
        opacity: 0.55;
      }
      .markdown pal-gutter,
      pal-tools {
        opacity: 0;
        transition: opacity 0.12s;
      }
      article:hover :is(pal-gutter, pal-tools),
      article:focus-within :is(pal-gutter, pal-tools) {
        opacity: 1;
      }
      pal-tools {
        position: absolute;
        right: 0.375rem;
        top: -1rem;
        z-index: 2;
      }
      @media (hover: none) {
        pal-tools,
        .markdown pal-gutter {
          opacity: 1;
        }
      }
      @media (max-width: 56rem) {
        article {
          grid-template-columns: minmax(0, 1fr);
        }
        pal-gutter {
          position: static;
        }
        .markdown .gutter {
          display: none;
        }
      }
    `,
  ];

  declare session: Session;
  declare cell: CellState;
  declare folded: boolean;

  constructor() {
    super();
    this.folded = false;
  }

  /** As the notebook says at first and whenever it says otherwise; an error that appears lies open. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("cell")) return;
    const before: CellState | undefined = changed.get("cell");
    if (before?.cell.options.code !== this.cell.cell.options.code) this.folded = startsFolded(this.cell.cell);
    if (faulty(this.cell) && !(before && faulty(before))) this.folded = false;
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    const label = cell.kind === "code" ? `Cell ${cell.id}, ${statusWord(this.cell)}` : `Text ${cell.id}`;
    return html`<article class="${cell.kind} ${shownStatus(this.cell)}" tabindex="0" aria-label=${label} @keydown=${this.#key} @go=${this.#go}>
      <div class="gutter"><pal-gutter .session=${this.session} .cell=${this.cell} @run=${() => this.#code?.run()}></pal-gutter></div>
      ${
        cell.kind === "code"
          ? html`<pal-code .session=${this.session} .cell=${this.cell} .folded=${this.folded} @unfold=${this.#write}></pal-code>`
          : html`<pal-text .session=${this.session} .cell=${this.cell}></pal-text>`
      }
      <pal-tools
        role="toolbar"
        aria-label="Tools of ${cell.id}"
        .session=${this.session}
        .cell=${this.cell}
        .folded=${this.folded}
        @tool=${this.#tool}
      ></pal-tools>
    </article>`;
  }

  /** Sends what was typed and not yet sent. */
  flush(): void {
    (this.#code?.editor ?? this.#text?.editor)?.flush();
  }

  /** Into the text of code; a markdown cell is focused as a whole, since reading is what one does with it. */
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
    await this.#text?.write();
    await this.#unfold();
    (this.#code?.editor ?? this.#text?.editor)?.reveal(position);
  }

  /** Begins to write, whether the text was read, folded or has just been made. */
  async write(): Promise<void> {
    await this.#unfold();
    if (this.#text) await this.#text.write();
    else this.enter();
  }

  async #unfold(): Promise<void> {
    this.folded = false;
    await this.updateComplete;
    await this.#code?.updateComplete;
  }

  get #code(): Code | null {
    return this.renderRoot.querySelector("pal-code");
  }

  get #text(): Text | null {
    return this.renderRoot.querySelector("pal-text");
  }

  readonly #tool = ({ detail }: CustomEvent<ToolAsk>): void => {
    if (detail === "write") return void this.write();
    this.flush();
    this.folded = true;
  };

  readonly #write = (): void => void this.write();

  readonly #go = (event: CustomEvent<LeaveDetail>): void => {
    if (event.detail.to !== "cell") return;
    event.stopPropagation();
    this.focus();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.composedPath()[0] !== event.currentTarget) return;
    const go = (to: LeaveDetail["to"]): void => {
      this.dispatchEvent(new CustomEvent<LeaveDetail>("go", { detail: { to }, bubbles: true, composed: true }));
    };
    if (event.key === "ArrowUp") go("before");
    else if (event.key === "ArrowDown") go("after");
    else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      this.#code?.run();
      if (event.shiftKey) go("after");
    } else if (event.key === "Enter") void this.write();
    else return;
    event.preventDefault();
  };
}

function faulty(cell: CellState): boolean {
  return allErrors(cell).some((each) => each.kind !== "blocked");
}

customElements.define("pal-cell", CellView);
