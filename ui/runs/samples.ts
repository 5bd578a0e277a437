/**
 * Which samples flipped between the baseline and another experiment: for each test set how many items were kept, lost and gained,
 * how much the difference depends on the items, and the texts. Experiments of several seeds are compared seed by seed.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import {
  type ComparedItem,
  type ComparedTest,
  comparedAnswers,
  type Flip,
  flips,
  type RunAnswers,
} from "../../server/runs/answers.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { figure } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { comparedTableStyles } from "./compared-table-styles.ts";
import { readAnswers } from "./requests.ts";
import { samplesStyles } from "./samples-styles.ts";

/** Items that are shown at once. */
const PAGE = 30;

export class Samples extends LitElement {
  static override properties = {
    experiments: { attribute: false },
    names: { attribute: false },
    baseline: { attribute: false },
    column: { state: true },
    seed: { state: true },
    answers: { state: true },
    opened: { state: true },
    shown: { state: true },
    fault: { state: true },
  };
  static override styles = [controls, comparedTableStyles, samplesStyles];

  declare experiments: readonly (readonly RunSummary[])[];
  declare names: readonly string[];
  declare baseline: number;
  /** The experiment that is compared with the baseline, if the user has chosen one. */
  declare column: number | undefined;
  declare seed: number | undefined;
  declare answers: ReadonlyMap<string, RunAnswers>;
  declare opened: { readonly measure: string; readonly flip: Flip } | undefined;
  declare shown: number;
  declare fault: string | undefined;
  /** Of the runs whose answers are known, so that another choice of items does not compare them again. */
  #compared: { readonly key: string; readonly tests: readonly ComparedTest[] } | undefined;

  constructor() {
    super();
    this.answers = new Map();
    this.shown = PAGE;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const deciding: readonly PropertyKey[] = ["experiments", "baseline", "column", "seed"];
    if (![...changed.keys()].some((name) => deciding.includes(name))) return;
    const missing = (this.#pair() ?? []).map(({ key }) => key).filter((key) => !this.answers.has(key));
    if (missing.length > 0) void this.#load(missing);
  }

  protected override render(): TemplateResult | typeof nothing {
    const others = [...this.experiments.keys()].filter(
      (at) => at !== this.baseline && this.experiments[at]!.length > 0,
    );
    if (others.length === 0 || (this.experiments[this.baseline]?.length ?? 0) === 0) return nothing;
    const pair = this.#pair();
    const tests = pair && this.#tests(pair);
    return html`<div class="tools">
        <label>${this.names[this.baseline]} against
          <select name="against" @change=${(event: Event) => this.#choose({ column: Number((event.target as HTMLSelectElement).value) })}>
            ${others.map((at) => html`<option value=${at} ?selected=${at === this.#column()}>${this.names[at]}</option>`)}
          </select>
        </label>
        ${this.#seeds()}
      </div>
      ${
        this.fault !== undefined
          ? html`<p role="alert" class="fault">${this.fault}</p>`
          : pair === undefined
            ? html`<p class="hint">The two have no seed in common.</p>`
            : tests === undefined
              ? html`<p class="hint">Reading the answers…</p>`
              : tests.length === 0
                ? html`<p class="hint" data-no-answers>The two have no answers to the same items. A run keeps the answers of its probes, and of evaluate(run.model, …).</p>`
                : this.#table(tests)
      }`;
  }

  #seeds(): TemplateResult | typeof nothing {
    const seeds = this.#commonSeeds();
    if (seeds.length < 2) return nothing;
    return html`<label>seed
      <select name="seed" @change=${(event: Event) => this.#choose({ seed: Number((event.target as HTMLSelectElement).value) })}>
        ${seeds.map((seed) => html`<option value=${seed} ?selected=${seed === this.#seed()}>${seed}</option>`)}
      </select>
    </label>`;
  }

  #table(tests: readonly ComparedTest[]): TemplateResult {
    return html`<div class="wide"><table>
        <thead><tr><th scope="col">test</th><th scope="col">items</th><th scope="col">what became of them</th><th scope="col">difference over the items</th></tr></thead>
        <tbody>${tests.map((test) => this.#row(test))}</tbody>
      </table></div>
      ${this.#items(tests)}
      <p class="hint">The interval is the middle 95 % of 2,000 resamples of the items (paired bootstrap; of translations, the mean sentence chrF), and p is McNemar's exact test. They say how much the difference depends on these items, not on the seed. Lost and gained scores moved by 0.1 or more.</p>`;
  }

  #row(test: ComparedTest): TemplateResult {
    const { measure, kind, items, apart, counts, difference, pValue, judgement } = test;
    const [low, high] = difference.interval;
    const buttons = flips[kind].map((flip) => {
      const isOpen = this.opened?.measure === measure && this.opened.flip === flip;
      return html`<button data-flip=${flip} aria-pressed=${isOpen} ?disabled=${!counts[flip]} @click=${() => this.#open({ measure, flip })}>${counts[flip] ?? 0} ${flip}</button>`;
    });
    return html`<tr data-test=${measure}>
      <th scope="row">${measure}</th>
      <td class="number">${items.length}${apart > 0 ? html`<br /><small title="Items that only one of the two was asked">${apart} apart</small>` : nothing}</td>
      <td class="flips">${buttons}</td>
      <td class="number ${judgement.replaceAll(" ", "-")}" data-judgement=${judgement}>${signed(difference.difference)} (95 %: ${signed(low)} to ${signed(high)})${pValue === undefined ? nothing : html`, p = ${figure(Number(pValue.toPrecision(2)))}`}<br />${judgement}</td>
    </tr>`;
  }

  #items(tests: readonly ComparedTest[]): TemplateResult | typeof nothing {
    const { opened } = this;
    const test = tests.find(({ measure }) => measure === opened?.measure);
    if (!opened || !test) return nothing;
    const items = test.items.filter(({ flip }) => flip === opened.flip).sort(byChange);
    const column = this.#column();
    return html`<section aria-label="Items" data-items=${items.length}>
      <h3>${test.measure}: ${items.length} ${opened.flip}</h3>
      ${items.slice(0, this.shown).map((item) => itemText(item, this.names[this.baseline]!, this.names[column]!))}
      ${
        items.length > this.shown
          ? html`<button data-action="more" @click=${() => {
              this.shown += PAGE;
            }}>Show more of ${items.length}</button>`
          : nothing
      }
    </section>`;
  }

  #column(): number {
    const { column } = this;
    if (column !== undefined && column !== this.baseline && this.experiments[column]?.length) return column;
    return this.experiments.findIndex((runs, at) => at !== this.baseline && runs.length > 0);
  }

  #commonSeeds(): readonly number[] {
    const other = new Set(this.experiments[this.#column()]?.map(({ seed }) => seed));
    const seeds = (this.experiments[this.baseline] ?? []).map(({ seed }) => seed).filter((seed) => other.has(seed));
    return [...new Set(seeds)].sort((a, b) => a - b);
  }

  #seed(): number | undefined {
    const seeds = this.#commonSeeds();
    return this.seed !== undefined && seeds.includes(this.seed) ? this.seed : seeds[0];
  }

  /** The two runs whose answers are compared. Two single runs are compared even if their seeds differ. */
  #pair(): readonly [RunSummary, RunSummary] | undefined {
    const [before = [], after = []] = [this.experiments[this.baseline], this.experiments[this.#column()]];
    if (before.length === 1 && after.length === 1) return [before[0]!, after[0]!];
    const seed = this.#seed();
    const [from, to] = [before, after].map((runs) => runs.find((run) => run.seed === seed));
    return from && to && [from, to];
  }

  #tests([from, to]: readonly [RunSummary, RunSummary]): readonly ComparedTest[] | undefined {
    const [before, after] = [this.answers.get(from.key), this.answers.get(to.key)];
    if (!before || !after) return undefined;
    const key = JSON.stringify([from.key, to.key]);
    if (this.#compared?.key !== key) this.#compared = { key, tests: comparedAnswers(before.tests, after.tests) };
    return this.#compared.tests;
  }

  async #load(keys: readonly string[]): Promise<void> {
    try {
      const found = await readAnswers(keys);
      this.answers = new Map([...this.answers, ...found.map((each) => [each.key, each] as const)]);
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }

  #choose({
    column = this.column,
    seed = this.seed,
  }: {
    column?: number | undefined;
    seed?: number | undefined;
  }): void {
    [this.column, this.seed] = [column, seed];
    this.opened = undefined;
  }

  #open(which: NonNullable<Samples["opened"]>): void {
    const isSame = this.opened?.measure === which.measure && this.opened.flip === which.flip;
    this.opened = isSame ? undefined : which;
    this.shown = PAGE;
  }
}

/** The largest change first. */
function byChange(a: ComparedItem, b: ComparedItem): number {
  return Math.abs(b.after.score - b.before.score) - Math.abs(a.after.score - a.before.score);
}

function itemText({ prompt, expected, group, before, after }: ComparedItem, from: string, to: string): TemplateResult {
  const line = (name: string, text: string, score?: number): TemplateResult =>
    html`<dt>${name}${score === undefined ? nothing : html` <small>${figure(Number(score.toPrecision(3)))}</small>`}</dt><dd dir="auto">${text}</dd>`;
  return html`<dl class="item">
    ${line(group ? `asked (${group})` : "asked", prompt)}
    ${expected === undefined ? nothing : line("expected", expected)}
    ${line(from, before.answer, before.score)}
    ${line(to, after.answer, after.score)}
  </dl>`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${figure(Number(value.toPrecision(3)))}`;
}

customElements.define("pal-samples", Samples);
