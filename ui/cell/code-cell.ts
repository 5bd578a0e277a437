/**
 * The text of a code cell, or the one line that stands for it, a strip for progress, and under it what came of it. A folded
 * text keeps its editor, so that edits from elsewhere still reach it.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { occupies } from "../../server/state/freshness.ts";
import type { CellState } from "../../server/state/state.ts";
import type { Editor, LeaveDetail, SubmitDetail } from "../editor/editor.ts";
import "../editor/editor.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import type { Session } from "../session/session.ts";
import { allErrors } from "./errors.ts";
import { foldedLine } from "./layout.ts";
import "./results.ts";
import { bindEditor } from "./bind-editor.ts";

export class Code extends LitElement {
  static override properties = {
    session: { attribute: false },
    cell: { attribute: false },
    folded: { attribute: false },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .text-box {
        background: var(--surface);
        border: 1px solid transparent;
        border-radius: var(--radius);
      }
      .text-box:focus-within {
        border-color: var(--accent);
      }
      .strip {
        position: relative;
        height: 1.375rem;
        margin-top: 2px;
        font-size: 0.75rem;
        line-height: 1.375rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        display: flex;
        justify-content: space-between;
        gap: 1rem;
        overflow: hidden;
        white-space: nowrap;
      }
      .strip i {
        position: absolute;
        inset: 0 0 auto 0;
        height: 2px;
        background: var(--accent);
        transform-origin: left;
        border-radius: 1px;
      }
      .folded {
        position: relative;
        display: flex;
        align-items: center;
        gap: 1rem;
        height: 1.75rem;
      }
      .folded .line {
        flex: 1;
        min-width: 0;
        justify-content: start;
        padding: 0 0.5rem;
        min-height: 1.75rem;
        font: 0.8125rem var(--mono);
      }
      .folded .line code {
        overflow: hidden;
        text-overflow: ellipsis;
        font: inherit;
      }
      .folded .strip {
        position: static;
        flex: none;
        margin: 0 0.5rem 0 0;
      }
      .folded .strip i {
        inset: auto 0 0 0;
      }
    `,
  ];

  declare session: Session;
  declare cell: CellState;
  declare folded: boolean;
  #untie: (() => void) | undefined;

  constructor() {
    super();
    this.folded = false;
  }

  get editor(): Editor {
    return this.renderRoot.querySelector("pal-editor")!;
  }

  /** To where the code is: into its text, or onto the line that stands for it. */
  enter(): void {
    if (this.folded) this.renderRoot.querySelector<HTMLElement>(".line")?.focus();
    else this.editor.focus();
  }

  run(): void {
    this.editor.flush();
    void this.session.ask({ type: "run", cells: [this.cell.cell.id] });
  }

  protected override render(): TemplateResult {
    const { cell } = this.cell;
    return html`<div class=${this.folded ? "folded" : ""}>
      ${
        this.folded
          ? html`<button class="quiet line" data-action="unfold" aria-expanded="false" title="Show the code" @click=${this.#unfold} @keydown=${this.#lineKey}>
              ${icon("right")}<code>${foldedLine(cell.source)}</code><span class="unseen">, code of ${cell.id}, folded</span>
            </button>`
          : nothing
      }
      <div class="text-box" ?hidden=${this.folded}>
        <pal-editor
          .source=${cell.source}
          .label=${`Code of ${cell.id}`}
          .errors=${errorsOnce(this.cell)}
          .names=${() => [...this.session.state.topology.definers.keys()]}
          @submit=${this.#submit}
          @leave=${this.#leave}
        ></pal-editor>
      </div>
      ${this.#strip()}
      </div>
      <pal-results .session=${this.session} .cell=${this.cell}></pal-results>`;
  }

  /** Only while the cell's own top level is at work: of trainings that go on after it, the run's card tells. */
  #strip(): TemplateResult {
    const progress = occupies(this.cell) && this.cell.status === "running" ? this.cell.progress : undefined;
    if (!progress || progress.done >= progress.total) return html`<div class="strip"></div>`;
    const { done, total, label } = progress;
    return html`<div class="strip" data-progress="${done}/${total}">
      <i style="transform: scaleX(${done / total})"></i><span>${label}</span><span>${done} / ${total}</span>
    </div>`;
  }

  protected override firstUpdated(): void {
    this.#bindEditor();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#bindEditor();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#untie?.();
    this.#untie = undefined;
  }

  #bindEditor(): void {
    this.#untie ??= bindEditor(this.editor, this.session, this.cell.cell.id);
  }

  readonly #submit = (event: CustomEvent<SubmitDetail>): void => {
    this.run();
    if (!event.detail.stay) this.#go("after");
  };

  readonly #unfold = (): void => {
    this.dispatchEvent(new Event("unfold"));
  };

  /** The folded line answers to the keys that the text would. */
  readonly #lineKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowUp") this.#go("before");
    else if (event.key === "ArrowDown") this.#go("after");
    else if (event.key === "Escape") this.#go("cell");
    else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      this.run();
      if (event.shiftKey) this.#go("after");
    } else return;
    event.preventDefault();
  };

  readonly #leave = (event: CustomEvent<LeaveDetail>): void => this.#go(event.detail.to);

  #go(to: LeaveDetail["to"]): void {
    this.dispatchEvent(new CustomEvent<LeaveDetail>("go", { detail: { to }, bubbles: true, composed: true }));
  }
}

/** The same list as long as nothing changed, so that the editor's marks are set only when there are others. */
const known = new WeakMap<CellState["errors"], { error: CellState["error"]; all: ReturnType<typeof allErrors> }>();
function errorsOnce(cell: CellState): ReturnType<typeof allErrors> {
  const seen = known.get(cell.errors);
  if (seen && seen.error === cell.error) return seen.all;
  const all = allErrors(cell);
  known.set(cell.errors, { error: cell.error, all });
  return all;
}

customElements.define("pal-code", Code);
