/**
 * The kernel of an open notebook on the start page: what it costs and what it does, and buttons that end it. Values are lost
 * with it, so the buttons say so; while a training runs, the user is asked first.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { EndOrder, KernelUse } from "../../server/protocol.ts";
import { bytes } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { since } from "../look/time.ts";
import { endKernel } from "./notebooks.ts";

export class RunningKernel extends LitElement {
  static override properties = {
    notebook: { attribute: false },
    kernel: { attribute: false },
    asked: { state: true },
    error: { state: true },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 0.75rem;
        position: relative;
        z-index: 1;
        margin-top: 0.375rem;
        color: var(--muted);
        font-size: var(--small);
      }
      .error {
        color: var(--danger);
      }
    `,
  ];

  declare notebook: string;
  /** Undefined if the notebook is open without a kernel. */
  declare kernel: KernelUse | undefined;
  /** What the user pressed and is asked about. */
  declare asked: EndOrder["end"] | undefined;
  declare error: string | undefined;

  protected override render(): TemplateResult {
    return html`${this.kernel ? html`<span data-kernel-use>${described(this.kernel)}</span>` : nothing}
      ${this.asked ? this.#question(this.asked) : this.#buttons()}
      <span role="alert" class="error">${this.error ?? nothing}</span>`;
  }

  #buttons(): TemplateResult {
    return html`${
      this.kernel
        ? html`<button data-action="end-kernel" title="The values of its cells are lost; outputs are kept. The next run starts a new kernel." @click=${() => this.#press("kernel")}>Shut down kernel</button>`
        : nothing
    }
      <button class="quiet" data-action="end-session" title="Ends the kernel and closes the notebook's pages. Edits and outputs are kept." @click=${() => this.#press("session")}>Close notebook</button>`;
  }

  #question(end: EndOrder["end"]): TemplateResult {
    return html`<span role="alert">A training is running. It will be interrupted; it can continue from its last checkpoint.</span>
      <button data-action="interrupt" @click=${() => this.#end(end, "interrupt")}>Interrupt it</button>
      <button class="quiet" data-action="cancel" @click=${this.#cancel}>Cancel</button>`;
  }

  #press(end: EndOrder["end"]): void {
    if (this.kernel?.work === "training") this.asked = end;
    else void this.#end(end, "keep");
  }

  readonly #cancel = (): void => {
    this.asked = undefined;
  };

  async #end(end: EndOrder["end"], training: EndOrder["training"]): Promise<void> {
    this.asked = undefined;
    try {
      await endKernel({ notebook: this.notebook, end, training });
      this.error = undefined;
    } catch (reason) {
      this.error = reason instanceof Error ? reason.message : String(reason);
    }
    this.dispatchEvent(new Event("ended"));
  }
}

function described({ backend, bytes: memory, tensors, since: start, work, pages }: KernelUse): string {
  return [
    backend === undefined ? "kernel starting" : `kernel ${backend}`,
    ...(memory === undefined ? [] : [`${bytes(memory)} memory`]),
    `${bytes(tensors)} in tensors`,
    `started ${since(start, Date.now())}`,
    ...(work === "training" ? ["a training is running"] : work === "cells" ? ["cells are running"] : []),
    ...(pages === 0 ? ["no page open"] : []),
  ].join(" · ");
}

customElements.define("pal-running-kernel", RunningKernel);
