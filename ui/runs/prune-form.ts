/** Frees disk space by a rule. What a rule would remove is shown first; it can also be applied at each start of the workbench. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { PruneResult, PruneRule, Pruning } from "../../server/runs/api.ts";
import { bytes } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { panelStyles } from "./panel-styles.ts";
import { keepStartRules, pruneRuns, readStartRules } from "./requests.ts";

const KINDS: Readonly<Record<PruneRule["what"], string>> = {
  checkpoints: "checkpoints of ended runs (permanent ones stay)",
  cache: "cached results",
  runs: "runs (moved to the trash)",
  records: "records (moved to the trash)",
  trash: "what is in the trash (for good)",
};
const MOST_SHOWN = 50;

export class PruneForm extends LitElement {
  static override properties = {
    looked: { state: true },
    rules: { state: true },
    done: { state: true },
    fault: { state: true },
  };
  static override styles = [controls, panelStyles];

  /** What the rule of the form would remove. */
  declare looked: { readonly rule: PruneRule; readonly result: PruneResult } | undefined;
  /** What is removed at each start. */
  declare rules: readonly Pruning[];
  declare done: string | undefined;
  declare fault: string | undefined;

  constructor() {
    super();
    this.rules = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#attempt(async () => {
      this.rules = (await readStartRules()).rules;
    });
  }

  protected override render(): TemplateResult {
    return html`<form class="tools" @submit=${this.#look} @input=${() => {
      this.looked = undefined;
    }}>
        <label>Remove <select name="what">${Object.entries(KINDS).map(([what, label]) => html`<option value=${what}>${label}</option>`)}</select></label>
        <label>older than <input type="number" name="days" min="0" step="any" value="30" required /> days</label>
        <label><input type="checkbox" name="keep" checked /> keep what is pinned, tagged, noted or named</label>
        <button type="submit">Look</button>
      </form>
      <div role="status">${this.looked ? this.#preview(this.looked.result) : this.done ? html`<p>${this.done}</p>` : nothing}</div>
      ${this.rules.length === 0 ? nothing : this.#atStart()}
      <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>`;
  }

  #preview({ items, bytes: size }: PruneResult): TemplateResult {
    const keep = html`<button data-action="at-start" @click=${this.#keepRule}>Do this at each start</button>`;
    if (items.length === 0) return html`<p>Nothing is that old. ${keep}</p>`;
    return html`<p>
        ${items.length} ${items.length === 1 ? "item" : "items"}, ${bytes(size)}.
        <button class="primary" data-action="prune" @click=${this.#prune}>Remove</button>
        ${keep}
      </p>
      <ul>
        ${items.slice(0, MOST_SHOWN).map(({ name, bytes: each }) => html`<li>${name} · ${bytes(each)}</li>`)}
        ${items.length > MOST_SHOWN ? html`<li>and ${items.length - MOST_SHOWN} more</li>` : nothing}
      </ul>`;
  }

  #atStart(): TemplateResult {
    return html`<p data-start-rules=${this.rules.length}>
        Removed whenever Palimpsest starts in this folder:
        ${this.rules.map(({ what, olderThanDays, marked }) => `${KINDS[what]}, older than ${olderThanDays} days${marked === "prune" ? ", marked ones too" : ""}`).join("; ")}.
        <button class="link" data-action="never" @click=${() => this.#setRules([])}>Stop that</button>
      </p>`;
  }

  readonly #keepRule = (): Promise<void> => {
    const { act: _, ...rule } = this.looked!.rule;
    return this.#setRules([...this.rules.filter(({ what }) => what !== rule.what), rule]);
  };

  #setRules(rules: readonly Pruning[]): Promise<void> {
    return this.#attempt(async () => {
      await keepStartRules({ rules });
      this.rules = rules;
    });
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
