/** The kernel in the bar: its state in one word; the panel shows details, when to ask before running, and a restart button. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { roughly } from "../../server/state/quantity.ts";
import type { KernelState } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import "../look/panel.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { statusDotStyles } from "./status-dot.ts";

/** The choices, in seconds, for the longest automatic run without a question. */
const LIMITS = [5, 30, 120, 600];

export class KernelPanel extends LitElement {
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
      @media (max-width: 40rem) {
        .state {
          min-width: 0;
        }
        .name {
          display: none;
        }
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin-bottom: 0.75rem;
      }
    `,
  ];

  readonly #session = new SessionConsumer(this, ({ state }) => [state.kernel, state.settings]);

  protected override render(): TemplateResult {
    const { kernel } = this.#session.value.state;
    return html`<pal-panel label="Kernel" data-kernel=${kernel.status}>
      <span slot="opener" class="state ${tone(kernel)}" title="The kernel runs the cells">
        <i class="dot"></i> <span class="name">kernel</span> ${kernelWord(kernel)}
      </span>
      ${kernelDetails(kernel)} ${this.#askSetting()}
      <button data-action="restart-kernel" @click=${() => this.#session.value.send({ type: "restart-kernel" })}>Restart kernel</button>
    </pal-panel>`;
  }

  #askSetting(): TemplateResult {
    const { ask } = this.#session.value.state.settings;
    const offered = ask === "never" || LIMITS.includes(ask) ? LIMITS : [...LIMITS, ask].sort((a, b) => a - b);
    const choose = (event: Event): void => {
      const { value } = event.target as HTMLSelectElement;
      void this.#session.value.send({ type: "settings", ask: value === "never" ? value : Number(value) });
    };
    return html`<label>
      Ask before automatic runs longer than
      <select data-action="ask" @change=${choose}>
        ${[...offered, "never" as const].map(
          (each) =>
            html`<option .value=${String(each)} ?selected=${each === ask}>${each === "never" ? "never ask" : roughly(each)}</option>`,
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
      return kernel.cause === "died" ? "crashed" : "stopped";
    default:
      return kernel satisfies never;
  }
}

function kernelDetails(kernel: KernelState): TemplateResult {
  switch (kernel.status) {
    case "off":
      return html`<p>The kernel starts when you run a cell.</p>`;
    case "starting":
      return html`<p>The kernel is starting.</p>`;
    case "ready":
      return html`<p>Backend: <b>${kernel.backend}</b>. Process ID: ${kernel.pid}.</p>
        ${
          kernel.passedOver.length > 0
            ? html`<p>Other backends were not used because:</p>
                <ul>
                  ${kernel.passedOver.map(({ name, reason }) => html`<li><b>${name}</b>: ${reason}</li>`)}
                </ul>`
            : nothing
        }`;
    case "ended":
      return html`<p>${kernel.reason}</p>
        <p>Outputs and charts are still shown, but the values are gone. Cached cells are restored; run the others again.</p>`;
    default:
      return kernel satisfies never;
  }
}

customElements.define("pal-kernel", KernelPanel);
