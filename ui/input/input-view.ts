/**
 * One input of a cell: its label and its control. While the user changes the control it shows the user's value; once the
 * server has answered it shows the session's value, whatever that is.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import type { InputState } from "../../server/state/cell-state.ts";
import type { InputValue } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import { SessionConsumer } from "../session/session-context.ts";
import type { ControlInput, Kind, Specs } from "./control.ts";
import { Gesture } from "./gesture.ts";
import { inputStyles } from "./input-styles.ts";
import { LatestValue } from "./latest-value.ts";
import { allControlStyles, controlOf } from "./registry.ts";
import { upload } from "./upload.ts";

type Value = Specs[Kind]["value"];

export class InputView extends LitElement {
  static override properties = {
    cell: { attribute: false },
    input: { attribute: false },
    draft: { state: true },
  };
  static override styles = [controls, inputStyles, ...allControlStyles];

  declare cell: CellId;
  declare input: InputState;
  /** The user's value, until the server has answered. */
  declare draft: Value | undefined;
  readonly #session = new SessionConsumer(this);
  readonly #gesture = new Gesture<Value>(
    (value) => {
      this.draft = value;
    },
    (value) => this.#commit(value),
    () => this.input.live,
  );
  readonly #latest = new LatestValue<InputValue>(
    (value) => this.#session.value.send({ type: "input", cell: this.cell, name: this.input.name, value }),
    (last) => {
      // The user may have moved on meanwhile, with a key or the pointer still down.
      if (this.draft === last) this.draft = undefined;
      this.requestUpdate();
    },
  );

  protected override render(): TemplateResult {
    const { spec, live, name } = this.input;
    const control = controlOf<Kind>(spec.kind);
    const label = control.naming === "control" ? nothing : spec.label;
    return html`${control.naming === "field" ? html`<label for="control">${label}</label>` : html`<span class="label">${label}</span>`}
      <div class="control" title=${name}>
        ${control.render(this.#controlInput(spec))}
        ${live ? html`<span class="live" title="A running cell reads this value at each step. A change restarts nothing.">live</span>` : nothing}
      </div>`;
  }

  #controlInput(spec: Specs[Kind]): ControlInput<Kind> {
    const accepted = this.input.value;
    return {
      spec,
      accepted,
      value: this.draft ?? accepted,
      gesture: this.#gesture,
      commit: (value) => this.#commit(value),
      upload: (file) => void this.#upload(file),
    };
  }

  #commit(value: Value): void {
    this.draft = value;
    void this.#latest.push(value, this.input.value);
  }

  async #upload(file: File): Promise<void> {
    const session = this.#session.value;
    try {
      this.#commit(await (session.upload ? session.upload(file) : upload(session.state.path, file)));
    } catch (error) {
      session.showError(error instanceof Error ? error.message : String(error));
    }
  }
}

customElements.define("pal-input", InputView);
