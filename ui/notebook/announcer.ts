/** Tells a screen reader when a cell has come to an end; a screen shows it by itself. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import type { CellStatus } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";

const told: readonly CellStatus[] = ["done", "failed", "stopped", "blocked"];

export class Announcer extends LitElement {
  static override properties = { session: { attribute: false }, news: { state: true } };
  static override styles = [controls, css``];

  declare session: Session;
  declare news: string;
  #last = new Map<CellId, CellStatus>();

  constructor() {
    super();
    this.news = "";
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.cells],
      () => this.#compare(),
    );
  }

  protected override render(): TemplateResult {
    return html`<div class="unseen" role="status" aria-live="polite">${this.news}</div>`;
  }

  #compare(): void {
    const now = new Map(this.session.state.cells.map((each) => [each.cell.id, each.status]));
    const news = [...now].filter(([id, status]) => {
      const before = this.#last.get(id);
      return before !== undefined && before !== status && told.includes(status);
    });
    this.#last = now;
    if (news.length > 0) this.news = news.map(([id, status]) => `${id}: ${status}`).join(", ");
  }
}

customElements.define("pal-announcer", Announcer);
