/** Announces to screen readers when a cell has ended. */
import { html, LitElement, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import type { CellStatus } from "../../server/state/cell-state.ts";
import { controls } from "../look/controls.ts";
import { SessionConsumer } from "../session/session-context.ts";

const announced: readonly CellStatus[] = ["done", "failed", "stopped", "blocked"];

export class Announcer extends LitElement {
  static override properties = { news: { state: true } };
  static override styles = controls;

  declare news: string;
  readonly #session = new SessionConsumer(
    this,
    ({ state }) => [state.cells],
    () => this.#compare(),
  );
  #last = new Map<CellId, CellStatus>();

  constructor() {
    super();
    this.news = "";
  }

  protected override render(): TemplateResult {
    return html`<div class="unseen" role="status" aria-live="polite">${this.news}</div>`;
  }

  #compare(): void {
    const now = new Map(this.#session.value.state.cells.map((each) => [each.cell.id, each.status]));
    const news = [...now].filter(([id, status]) => {
      const before = this.#last.get(id);
      return before !== undefined && before !== status && announced.includes(status);
    });
    this.#last = now;
    if (news.length > 0) this.news = news.map(([id, status]) => `${id}: ${status}`).join(", ");
  }
}

customElements.define("pal-announcer", Announcer);
