/**
 * A chart, drawn by Observable Plot from its record. Plot has no partial update, so it is drawn anew: at most ten times
 * a second, only while it can be seen, and into a box whose height is known beforehand, so that nothing below moves.
 *
 * For tests and for the curious: attribute `data-points` holds the number of points of each mark, property `points`
 * the drawn points of each mark.
 */
import * as ObservablePlot from "@observablehq/plot";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SessionState } from "../../server/state/state.ts";
import type { PlotSpec } from "../../server/values.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";
import { hasLegend, legendBeside } from "./colors.ts";
import type { Point } from "./decimate.ts";
import { type Drawing, drawing, heightOf, isLive, withForks } from "./drawing.ts";
import { TaggedRows } from "./points.ts";

const shortestPause = 100;
const legendHeight = 34;

type MarkMaker = (...given: readonly unknown[]) => ObservablePlot.Markish;
const isMaker = (value: unknown): value is MarkMaker => typeof value === "function";

export class Plot extends LitElement {
  static override properties = {
    spec: { attribute: false },
    session: { attribute: false },
    dense: { attribute: false },
    fault: { state: true },
  };
  static override styles = css`
    :host {
      display: block;
    }
    .box {
      position: relative;
      color: var(--ink);
    }
    [hidden] {
      display: none !important;
    }
    .waiting {
      position: absolute;
      inset: 0;
      display: grid;
      place-content: center;
      color: var(--muted);
      font-size: var(--small);
      border: 1px dashed var(--hairline);
      border-radius: var(--radius);
    }
    p {
      margin: 0;
      color: var(--danger);
      font-size: var(--small);
    }
    .holder figure {
      margin: 0;
      max-width: 100%;
      background: transparent;
    }
    .holder :is(h2, h3) {
      margin: 0 0 0.25rem;
      font-size: var(--small);
      font-weight: 600;
    }
    .holder svg {
      --plot-background: var(--page);
      overflow: visible;
      font-family: var(--sans);
      font-size: 11px;
      font-variant-numeric: tabular-nums;
      display: block;
      max-width: 100%;
    }
    .holder [aria-label="tip"] {
      --plot-background: var(--raised);
    }
    .holder [class*="-swatches"] {
      font-family: var(--sans);
      font-size: var(--small);
      min-height: 26px;
      margin: 0 0 8px;
      align-items: center;
      color: var(--muted);
    }
    .beside [class*="-swatches"] {
      position: absolute;
      top: 0;
      right: 0;
      min-height: 0;
      margin: 0;
      font-size: 0.75rem;
    }
    .holder [class*="-swatches"] svg {
      display: inline-block;
      width: 10px;
      height: 10px;
      border-radius: 2px;
    }
  `;

  declare spec: PlotSpec;
  declare session: Session;
  declare dense: boolean;
  declare fault: string | undefined;
  points: readonly (readonly Point[] | null)[] = [];
  readonly #tagged = new TaggedRows();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #width = 0;
  #visible = false;
  #dirty = true;
  #hover: PointerEvent | undefined;
  readonly #sight = new IntersectionObserver(
    ([entry]) => {
      this.#visible = entry?.isIntersecting ?? false;
      if (this.#visible && this.#dirty) this.#changed();
    },
    { rootMargin: "300px" },
  );
  readonly #size = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === this.#width || width === 0) return;
    this.#width = width;
    this.requestUpdate();
    this.#changed();
  });

  constructor() {
    super();
    this.dense = false;
    new Subscription(
      this,
      () => this.session,
      ({ state }) =>
        this.#sources(state.runs).flatMap(({ table, runs }) =>
          runs.flatMap((id) => [state.runs[id]?.[table], state.runs[id]?.status, state.runs[id]?.changes]),
        ),
      () => this.#changed(),
    );
  }

  protected override render(): TemplateResult {
    const beside = legendBeside(this.spec, this.#width);
    const height = heightOf(this.spec, this.dense) + (hasLegend(this.spec) && !beside ? legendHeight : 0);
    return html`<div
        class=${beside ? "box beside" : "box"}
        style="min-height: ${height}px"
        @pointermove=${this.#pointed}
        @pointerleave=${() => {
          this.#hover = undefined;
        }}
      >
        ${isLive(this.spec) ? html`<div class="waiting" hidden>Waiting for the first rows</div>` : nothing}
        <div class="holder"></div>
      </div>
      ${this.fault ? html`<p role="alert">${this.fault}</p>` : nothing}`;
  }

  protected override firstUpdated(): void {
    this.#sight.observe(this);
    this.#size.observe(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.firstUpdated();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight.disconnect();
    this.#size.disconnect();
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
    this.#dirty = true;
    if (!this.#visible || this.#width === 0 || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + shortestPause - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#visible) this.#draw();
    }, wait);
  }

  #draw(): void {
    const holder = this.renderRoot.querySelector(".holder");
    if (!holder) return;
    this.#dirty = false;
    this.#drawnAt = performance.now();
    const drawn = drawing(this.spec, this.session.state.runs, this.#tagged, this.#width, this.dense);
    const empty = drawn.live && drawn.marks.every((mark) => mark.total === 0 || mark.points === null);
    this.renderRoot.querySelector(".waiting")?.toggleAttribute("hidden", !empty);
    this.points = drawn.marks.map((mark) => mark.points);
    this.dataset.points = drawn.marks.map((mark) => mark.total).join(" ");
    try {
      holder.replaceChildren(...(empty ? [] : [figureOf(drawn)]));
      this.fault = undefined;
    } catch (reason) {
      this.fault = `This chart cannot be drawn: ${reason instanceof Error ? reason.message : String(reason)}`;
    }
    this.#pointAgain();
  }

  readonly #pointed = (event: PointerEvent): void => {
    if (event.isTrusted) this.#hover = event;
  };

  /** The new drawing does not know that the pointer rests on it; without this a tip would vanish with every row. */
  #pointAgain(): void {
    const at = this.#hover;
    if (!at) return;
    const { clientX, clientY } = at;
    for (const svg of this.renderRoot.querySelectorAll(".holder > svg, .holder figure > svg")) {
      svg.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, pointerType: "mouse" }));
    }
  }
}

function figureOf(drawn: Drawing): Element {
  const marks = drawn.marks.map(({ name, points, options }) => {
    const make: unknown = Reflect.get(ObservablePlot, name);
    if (!isMaker(make)) throw new Error(`Plot has no mark ${name}.`);
    return points ? make(points, { ...options }) : make({ ...options });
  });
  return ObservablePlot.plot({ ...drawn.options, marks } as ObservablePlot.PlotOptions);
}

customElements.define("pal-plot", Plot);
