/** How the kernel is, in the bar: one word, and behind it its story, what it asks before it runs, and a new start. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { KernelState } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import "../look/panel.ts";
import { roughly } from "../../server/state/quantity.ts";
import type { Session } from "../session/session.ts";
import { Subscription } from "../session/subscription.ts";
import { statusDotStyles } from "./status-dot.ts";

/** Seconds from which a change may ask first. */
const limits = [5, 30, 120, 600];

export class KernelView extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    controls,
    statusDotStyles,
    css`
      .state {
        min-width: 8rem;
      }
      p,
      ul {
        margin: 0 0 0.625rem;
      }
      ul {
        padding-left: 1.1rem;
        color: var(--muted);
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin-bottom: 0.75rem;
      }
    `,
  ];

  declare session: Session;

  constructor() {
    super();
    new Subscription(
      this,
      () => this.session,
      ({ state }) => [state.kernel, state.settings],
    );
  }

  protected override render(): TemplateResult {
    const { kernel } = this.session.state;
    return html`<pal-panel label="The kernel" data-kernel=${kernel.status}>
      <span slot="opener" class="state ${tone(kernel)}" title="The kernel runs the cells">
        <i class="dot"></i> kernel ${kernelWord(kernel)}
      </span>
      ${kernelDetails(kernel)} ${this.#ask()}
      <button data-action="restart-kernel" @click=${() => this.session.ask({ type: "restart-kernel" })}>Restart the kernel</button>
    </pal-panel>`;
  }

  #ask(): TemplateResult {
    const { ask } = this.session.state.settings;
    const offered = ask === "never" || limits.includes(ask) ? limits : [...limits, ask].sort((a, b) => a - b);
    const choose = (event: Event): void => {
      const { value } = event.target as HTMLSelectElement;
      void this.session.ask({ type: "settings", ask: value === "never" ? value : Number(value) });
    };
    return html`<label>
      When a change would run for long, ask first
      <select data-action="ask" @change=${choose}>
        ${[...offered, "never" as const].map(
          (each) =>
            html`<option .value=${String(each)} ?selected=${each === ask}>${each === "never" ? each : `from ${roughly(each)}`}</option>`,
        )}
      </select>
    </label>`;
  }
}

function tone(kernel: KernelState): string {
  if (kernel.status === "ready") return "good";
  if (kernel.status === "starting") return "wait";
  return kernel.status === "ended" && kernel.cause === "died" ? "bad" : "";
}

function kernelWord(kernel: KernelState): string {
  switch (kernel.status) {
    case "off":
      return "not started";
    case "starting":
      return "starting";
    case "ready":
      return kernel.backend;
    case "ended":
      return kernel.cause === "died" ? "died" : "ended";
    default:
      return kernel satisfies never;
  }
}

function kernelDetails(kernel: KernelState): TemplateResult {
  switch (kernel.status) {
    case "off":
      return html`<p>The kernel starts with the first cell that runs.</p>`;
    case "starting":
      return html`<p>The kernel is starting.</p>`;
    case "ready":
      return html`<p>Process ${kernel.pid} computes on <b>${kernel.backend}</b>.</p>
        ${
          kernel.passedOver.length > 0
            ? html`<p>Not used:</p>
                <ul>
                  ${kernel.passedOver.map(({ name, reason }) => html`<li><b>${name}</b>: ${reason}</li>`)}
                </ul>`
            : nothing
        }`;
    case "ended":
      return html`<p>${kernel.reason}</p>
        <p>Outputs and curves are still here. Values come back where a cell has a cache; the others run again.</p>`;
    default:
      return kernel satisfies never;
  }
}

customElements.define("pal-kernel", KernelView);
