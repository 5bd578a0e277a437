/**
 * The page of a notebook: the bar, the cells with gaps for new ones, and the outline. It opens the session, provides it to
 * all components below, and does what concerns several cells: moving the focus, inserting, moving and deleting cells,
 * following links.
 */
import { ContextProvider } from "@lit/context";
import { html, LitElement, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { firstHeading } from "../../server/notebook/source/heading.ts";
import type { Cell, CellId } from "../../server/notebook/types.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import type { CellView } from "../cell/cell.ts";
import "../cell/cell.ts";
import type { Place } from "../cell/cell-link.ts";
import type { CellAction } from "../cell/cell-tools.ts";
import { isGrid } from "../cell/layout.ts";
import { shownStatus } from "../cell/status.ts";
import type { Leave } from "../editor/extensions.ts";
import { controls } from "../look/controls.ts";
import { type Notice, Session } from "../session/session.ts";
import { sessionContext } from "../session/session-context.ts";
import { Subscription } from "../session/subscription.ts";
import "./announcer.ts";
import "./bar.ts";
import { insert, move, putBack, remove } from "./cell-requests.ts";
import "./insert-bar.ts";
import type { Notices, NoticeWithAction } from "./notices.ts";
import "./notices.ts";
import "./outline.ts";
import { notebookPageStyles } from "./notebook-page-styles.ts";

export class NotebookPage extends LitElement {
  static override properties = { path: { attribute: false } };
  static override styles = [controls, notebookPageStyles];

  declare path: string;
  session!: Session;
  readonly #provider = new ContextProvider(this, { context: sessionContext });

  constructor() {
    super();
    new Subscription(
      this,
      () => this.session,
      ({ state, loaded, link }) => [state.cells, loaded, link.status],
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.session = new Session(this.path, (notice) => this.#notices?.add(this.#withButton(notice)));
    this.#provider.setValue(this.session);
    addEventListener("pagehide", this.#flush);
    addEventListener("beforeunload", this.#warn);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.#flush);
    removeEventListener("beforeunload", this.#warn);
    this.session.close();
  }

  protected override render(): TemplateResult {
    const { state, loaded } = this.session;
    return html`<pal-bar .name=${state.path} @before-run=${this.#flush} @cells-removed=${this.#offerUndo} @go-to=${this.#goTo}></pal-bar>
      <div class=${state.cells.some(({ cell }) => isGrid(cell)) ? "layout wide" : "layout"} @move-focus=${this.#moveFocus} @go-to=${this.#goTo} @cell-action=${this.#cellAction}>
        <main aria-label="Notebook ${this.path}" aria-busy=${!loaded}>
          ${
            loaded
              ? html`${repeat(
                  state.cells,
                  (each) => each.cell.id,
                  (each, i) => html`<pal-insert @add=${this.#adder(state.cells[i - 1]?.cell.id ?? null)}></pal-insert>
                    <pal-cell
                      data-cell=${each.cell.id}
                      data-kind=${each.cell.kind}
                      data-status=${shownStatus(each)}
                      ?data-stale=${each.stale}
                      ?data-wide=${isGrid(each.cell)}
                      data-generation=${each.generation}
                     
                      .cell=${each}
                    ></pal-cell>`,
                )}<pal-insert always @add=${this.#adder(state.cells.at(-1)?.cell.id ?? null)}></pal-insert>`
              : html`<p class="loading">${this.session.link.status === "gone" ? "Could not open" : "Opening"} ${this.path}</p>`
          }
        </main>
        <pal-outline></pal-outline>
      </div>
      <pal-announcer></pal-announcer>
      <pal-notices .cells=${state.cells.map(({ cell }) => cell.id)} @go-to=${this.#goTo}></pal-notices>`;
  }

  protected override updated(): void {
    const { state } = this.session;
    const isRunning = state.cells.some((each) => each.status === "running");
    document.title = `${isRunning ? "● " : ""}${titleOf(state.cells) ?? this.path} · Palimpsest`;
    const { link } = this.session;
    if (link.status === "gone") this.#notices?.add({ level: "error", text: link.reason });
  }

  get #notices(): Notices | null {
    return this.renderRoot.querySelector("pal-notices");
  }

  get #cells(): readonly CellView[] {
    return [...this.renderRoot.querySelectorAll<CellView>("pal-cell")];
  }

  #view(id: CellId): CellView | undefined {
    return this.#cells.find((each) => each.cell.cell.id === id);
  }

  readonly #flush = (): void => {
    for (const each of this.#cells) each.flush();
  };

  #withButton({ action, ...notice }: Notice): NoticeWithAction {
    if (action === undefined) return notice;
    return { ...notice, action: { name: "Save", act: () => void this.session.send({ type: action }) } };
  }

  readonly #warn = (event: BeforeUnloadEvent): void => {
    this.#flush();
    if (this.session.unsaved) event.preventDefault();
  };

  readonly #adder =
    (after: CellId | null) =>
    async (event: CustomEvent<Cell["kind"]>): Promise<void> => {
      const id = await insert(this.session, after, event.detail);
      await this.updateComplete;
      if (id !== undefined) await this.#view(id)?.edit();
    };

  readonly #moveFocus = (event: CustomEvent<Leave>): void => {
    const cells = this.#cells;
    const at = cells.findIndex((each) => event.composedPath().includes(each));
    const next = cells[at + (event.detail === "before" ? -1 : 1)];
    if (!next) return;
    // When the cell itself had the focus, the next cell gets it; when its text had it, the next text does.
    if (event.composedPath()[0] === cells[at]) next.focus();
    else next.enter();
    next.scrollIntoView({ block: "nearest" });
  };

  readonly #goTo = (event: CustomEvent<Place>): void => {
    void this.#view(event.detail.cell)?.reveal(event.detail.position);
  };

  readonly #cellAction = async (event: CustomEvent<CellAction>): Promise<void> => {
    const view = event
      .composedPath()
      .find((each): each is CellView => each instanceof Element && each.localName === "pal-cell");
    if (!view) return;
    const { id } = view.cell.cell;
    if (event.detail !== "remove") {
      await move(this.session, id, event.detail);
      await this.updateComplete;
      this.#view(id)?.scrollIntoView({ block: "nearest" });
      return;
    }
    view.flush();
    const undo = await remove(this.session, id);
    if (undo) this.#sayRemoved(id, undo);
  };

  /** Before the cells are gone: the answer to the question is on its way. */
  readonly #offerUndo = ({ detail }: CustomEvent<readonly CellId[]>): void => {
    for (const id of detail) {
      const undo = putBack(this.session, id);
      if (undo) this.#sayRemoved(id, undo);
    }
  };

  #sayRemoved(id: CellId, undo: () => Promise<void>): void {
    this.#notices?.add({
      level: "info",
      text: `The cell ${id} was deleted.`,
      action: { name: "Undo", act: () => void undo() },
    });
  }
}

/** The first heading of the notebook. */
function titleOf(cells: readonly CellState[]): string | undefined {
  for (const { cell } of cells) {
    const heading = cell.kind === "markdown" ? firstHeading(cell.source) : undefined;
    if (heading) return heading.text;
  }
  return undefined;
}

customElements.define("pal-notebook", NotebookPage);
