/** The memory of tensors in the bar: the total and its budget; the panel shows how much each cell holds. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { bytes } from "../../server/state/quantity.ts";
import { cellLink } from "../cell/cell-link.ts";
import { shapeText, tensorCount } from "../cell/details.ts";
import { controls } from "../look/controls.ts";
import "../look/panel.ts";
import { SessionConsumer } from "../session/session-context.ts";
import { memoryPanelStyles } from "./memory-panel-styles.ts";

/** From this share of the budget on, the total is shown in a warning colour. */
const NEARLY_FULL = 0.85;

export class MemoryPanel extends LitElement {
  static override styles = [controls, memoryPanelStyles];

  readonly #session = new SessionConsumer(this, ({ state }) => [state.tensorBytes, state.memory, state.cells]);

  protected override render(): TemplateResult {
    const { tensorBytes: total, memory } = this.#session.value.state;
    const share = memory?.budget ? Math.min(1, total / memory.budget) : undefined;
    return html`<pal-panel label="Tensor memory">
      <span slot="opener" class=${share !== undefined && share >= NEARLY_FULL ? "nearly-full" : ""} title="Memory used by tensors">
        <span class="unseen">Tensor memory: </span><span data-tensor-total=${total}>${bytes(total)}</span>
        ${share === undefined ? nothing : html`<span class="meter" aria-hidden="true"><i style="transform: scaleX(${share})"></i></span>`}
      </span>
      ${this.#total()} ${this.#holders()}
    </pal-panel>`;
  }

  #total(): TemplateResult {
    const { tensorBytes: total, memory } = this.#session.value.state;
    if (!memory) return html`<p>No tensors in memory.</p>`;
    const { budget, count, peak } = memory;
    return html`<p>
      <b>${bytes(total)}</b> in ${tensorCount(count)}.
      ${budget === undefined ? nothing : html`Budget: <b data-budget>${bytes(budget)}</b>.`} Peak: <b>${bytes(peak)}</b>.
    </p>`;
  }

  /** How much each cell holds, the largest first. `background` is the memory that belongs to no cell. */
  #holders(): TemplateResult | typeof nothing {
    const { cells, tensorBytes: total, memory } = this.#session.value.state;
    const holding = cells.filter(({ tensors }) => tensors.count > 0).sort((a, b) => b.tensors.bytes - a.tensors.bytes);
    const held = holding.reduce((sum, { tensors }) => sum + tensors.bytes, 0);
    const background = total - held;
    const others = (memory?.count ?? 0) - holding.reduce((sum, { tensors }) => sum + tensors.count, 0);
    const { reclaimed } = memory ?? {};
    return html`${
      holding.length === 0 && background <= 0
        ? nothing
        : html`<table>
            <thead>
              <tr>
                <th scope="col">cell</th>
                <th scope="col">memory</th>
                <th scope="col">tensors</th>
                <th scope="col">peak</th>
              </tr>
            </thead>
            <tbody>
              ${holding.map(
                ({
                  cell,
                  tensors,
                }) => html`<tr data-holder=${cell.id} title=${tensors.largest ? `largest tensor: ${bytes(tensors.largest.bytes)}, ${shapeText(tensors)}` : ""}>
                  <td>${cellLink(cell.id)}</td>
                  <td>${bytes(tensors.bytes)}</td>
                  <td>${tensors.count}</td>
                  <td>${tensors.peak === undefined ? "" : bytes(tensors.peak)}</td>
                </tr>`,
              )}
              ${
                background > 0
                  ? html`<tr data-holder title="Tensors that belong to no cell, such as those that the library shares between cells">
                      <td class="background">background</td>
                      <td>${bytes(background)}</td>
                      <td>${others > 0 ? others : ""}</td>
                      <td></td>
                    </tr>`
                  : nothing
              }
            </tbody>
          </table>`
    }${
      reclaimed && reclaimed.count > 0
        ? html`<p>Since the kernel started: ${reclaimed.count} unused ${reclaimed.count === 1 ? "tensor" : "tensors"} freed, ${bytes(reclaimed.bytes)}.</p>`
        : nothing
    }`;
  }
}

customElements.define("pal-memory", MemoryPanel);
