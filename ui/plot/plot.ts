/**
 * A chart, drawn by Observable Plot from what the cell recorded. Plot cannot update a part of a chart, so each change draws
 * the whole chart again: at most ten times a second, only while the chart is near the window, and in a box of constant
 * height, so that nothing below it moves.
 *
 * For tests, the attribute `data-points` holds the number of points of each mark, and the property `points` the drawn points.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SessionState } from "../../server/state/state.ts";
import type { PlotSpec } from "../../server/values.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { hasLegend, legendBeside } from "./colors.ts";
import { type ChartSize, type Drawing, drawing, heightOf, isLive, withForks } from "./drawing.ts";
import { figureOf } from "./figure.ts";
import { plotStyles } from "./plot-styles.ts";
import { type Point, TaggedRows } from "./points.ts";

/** Milliseconds between two drawings. A chart that takes long to draw is drawn less often. */
const PAUSE = 100;
const PAUSES_PER_DRAWING = 4;
/** In pixels. */
const LEGEND_HEIGHT = 34;

export class Plot extends LitElement {
  static override properties = {
    spec: { attribute: false },
    size: { attribute: false },
    fault: { state: true },
    notes: { state: true },
  };
  static override styles = plotStyles;

  declare spec: PlotSpec;
  declare size: ChartSize;
  declare fault: string | undefined;
  /** What the chart does not draw as it was given. */
  declare notes: readonly string[];
  points: readonly (readonly Point[] | null)[] = [];
  readonly #session = new SessionConsumer(
    this,
    ({ state }) =>
      this.#sources(state.runs).flatMap(({ table, runs }) =>
        runs.flatMap((id) => [state.runs[id]?.[table], state.runs[id]?.status, state.runs[id]?.changes]),
      ),
    () => this.#changed(),
  );
  readonly #tagged = new TaggedRows();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #pause = PAUSE;
  #width = 0;
  #isVisible = false;
  #isOutdated = true;
  #hover: PointerEvent | undefined;
  readonly #visibility = new IntersectionObserver(
    ([entry]) => {
      this.#isVisible = entry?.isIntersecting ?? false;
      if (this.#isVisible && this.#isOutdated) this.#changed();
    },
    { rootMargin: "300px" },
  );
  readonly #resizing = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === this.#width || width === 0) return;
    this.#width = width;
    this.requestUpdate();
    this.#changed();
  });

  constructor() {
    super();
    this.size = "regular";
    this.notes = [];
  }

  protected override render(): TemplateResult {
    const isBeside = legendBeside(this.spec, this.#width);
    const height = heightOf(this.spec, this.size) + (hasLegend(this.spec) && !isBeside ? LEGEND_HEIGHT : 0);
    return html`<div
        class=${isBeside ? "box beside" : "box"}
        style="min-height: ${height}px"
        @pointermove=${this.#pointerMoved}
        @pointerleave=${() => {
          this.#hover = undefined;
        }}
      >
        ${isLive(this.spec) ? html`<div class="waiting" hidden>Waiting for the first values</div>` : nothing}
        <div class="holder"></div>
      </div>
      ${this.notes.map((note) => html`<p class="note">${note}</p>`)}
      ${this.fault ? html`<p role="alert">${this.fault}</p>` : nothing}`;
  }

  protected override firstUpdated(): void {
    this.#visibility.observe(this);
    this.#resizing.observe(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.firstUpdated();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#visibility.disconnect();
    this.#resizing.disconnect();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("spec")) this.#changed();
  }

  #sources(runs: SessionState["runs"]): readonly { table: "rows" | "probes"; runs: readonly string[] }[] {
    return withForks(this.spec, runs).marks.flatMap(({ data }) => (data?.kind === "live" ? [data] : []));
  }

  #changed(): void {
    this.#isOutdated = true;
    if (!this.#isVisible || this.#width === 0 || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + this.#pause - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isVisible) this.#draw();
    }, wait);
  }

  #draw(): void {
    const holder = this.renderRoot.querySelector(".holder");
    if (!holder) return;
    this.#isOutdated = false;
    const begun = performance.now();
    try {
      const frame = { width: this.#width, size: this.size };
      const drawn = drawing(this.spec, this.#session.value.state.runs, this.#tagged, frame);
      this.#show(drawn, holder);
      this.fault = undefined;
    } catch (reason) {
      this.fault = `This chart cannot be drawn. ${reason instanceof Error ? reason.message : String(reason)}`;
    }
    this.#drawnAt = performance.now();
    this.#pause = Math.max(PAUSE, PAUSES_PER_DRAWING * (this.#drawnAt - begun));
    this.#repeatHover();
  }

  #show(drawn: Drawing, holder: Element): void {
    const isEmpty = drawn.live && drawn.marks.every((mark) => mark.total === 0 || mark.points === null);
    this.renderRoot.querySelector(".waiting")?.toggleAttribute("hidden", !isEmpty);
    this.points = drawn.marks.map((mark) => mark.points);
    this.dataset.points = drawn.marks.map((mark) => mark.total).join(" ");
    this.notes = drawn.notes;
    holder.replaceChildren(...(isEmpty ? [] : [figureOf(drawn)]));
  }

  readonly #pointerMoved = (event: PointerEvent): void => {
    if (event.isTrusted) this.#hover = event;
  };

  /** Tells a new drawing where the pointer is. Without this, the tip would disappear with every row. */
  #repeatHover(): void {
    const hover = this.#hover;
    if (!hover) return;
    const { clientX, clientY } = hover;
    for (const svg of this.renderRoot.querySelectorAll(".holder > svg, .holder figure > svg")) {
      svg.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, pointerType: "mouse" }));
    }
  }
}

customElements.define("pal-plot", Plot);
