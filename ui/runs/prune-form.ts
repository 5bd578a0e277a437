/** Frees disk space by a rule. What a rule would remove is shown first. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { PruneResult, PruneRule } from "../../server/runs/api.ts";
import { bytes } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { pruneRuns } from "./requests.ts";

const KINDS: Readonly<Record<PruneRule["what"], string>> = {
  checkpoints: "checkpoints of ended runs (permanent ones stay)",
  cache: "cached results",
  runs: "runs (moved to the trash)",
  trash: "deleted runs in the trash (for good)",
};
const MOST_SHOWN = 50;

export class PruneForm extends LitElement {
  static override properties = { looked: { state: true }, done: { state: true }, fault: { state: true } };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 0.75rem 1.25rem 1.25rem;
        background: var(--surface);
        font-size: var(--small);
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
      }
      [type="number"] {
        width: 5rem;
      }
      p {
        margin: 0.5rem 0;
      }
      ul {
        max-height: 12rem;
        overflow: auto;
        margin: 0;
        padding-left: 1.25rem;
        color: var(--muted);
        font-family: var(--mono);
      }
      .fault {
        color: var(--danger);
      }
    `,
  ];

  /** What the rule of the form would remove. */
  declare looked: { readonly rule: PruneRule; readonly result: PruneResult } | undefined;
  declare done: string | undefined;
  declare fault: string | undefined;

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#look} @input=${() => {
      this.looked = undefined;
    }}>
        <label>Remove <select name="what">${Object.entries(KINDS).map(([what, label]) => html`<option value=${what}>${label}</option>`)}</select></label>
        <label>older than <input type="number" name="days" min="0" step="any" value="30" required /> days</label>
        <label><input type="checkbox" name="keep" checked /> keep what is pinned, tagged or noted</label>
        <button type="submit">Look</button>
      </form>
      <div role="status">${this.looked ? this.#preview(this.looked.result) : this.done ? html`<p>${this.done}</p>` : nothing}</div>
      <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>`;
  }

  #preview({ items, bytes: size }: PruneResult): TemplateResult {
    if (items.length === 0) return html`<p>Nothing is that old.</p>`;
    return html`<p>
        ${items.length} ${items.length === 1 ? "item" : "items"}, ${bytes(size)}.
        <button class="primary" data-action="prune" @click=${this.#prune}>Remove</button>
      </p>
      <ul>
        ${items.slice(0, MOST_SHOWN).map(({ name, bytes: each }) => html`<li>${name} · ${bytes(each)}</li>`)}
        ${items.length > MOST_SHOWN ? html`<li>and ${items.length - MOST_SHOWN} more</li>` : nothing}
      </ul>`;
  }

  readonly #look = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const rule: PruneRule = {
      what: String(form.get("what")) as PruneRule["what"],
      olderThanDays: Number(form.get("days")),
      marked: form.has("keep") ? "keep" : "prune",
      act: "look",
    };
    await this.#attempt(async () => {
      this.looked = { rule, result: await pruneRuns(rule) };
    });
  };

  readonly #prune = async (): Promise<void> => {
    const { looked } = this;
    if (!looked) return;
    await this.#attempt(async () => {
      const { items, bytes: size } = await pruneRuns({ ...looked.rule, act: "prune" });
      this.looked = undefined;
      this.done = `${items.length} ${items.length === 1 ? "item was" : "items were"} removed, ${bytes(size)}.`;
    });
  };

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }
}

customElements.define("pal-prune", PruneForm);
