/**
 * One input of a cell. A knob that restarts work takes effect when it is let go, a live one at every move. While it is
 * being moved it shows the hand's value; once the server has answered it shows the session's, whatever that is.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import { figure } from "../../server/state/quantity.ts";
import type { InputState } from "../../server/state/state.ts";
import type { InputValue, TableRow } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import type { Session } from "../session/session.ts";
import { fileControl, keep } from "./file-control.ts";
import { manyControl } from "./many-control.ts";
import { tableControl } from "./table-control.ts";

export class InputControl extends LitElement {
  static override properties = {
    session: { attribute: false },
    cell: { attribute: false },
    input: { attribute: false },
    draft: { state: true },
  };
  static override styles = [
    controls,
    css`
      :host {
        display: contents;
      }
      label,
      .label {
        color: var(--muted);
        font-size: var(--small);
        padding-top: 0.3rem;
      }
      .control {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        min-height: 2rem;
      }
      input[type="range"] {
        flex: 1;
        min-width: 4rem;
        max-width: 22rem;
        margin: 0;
      }
      input[type="number"] {
        width: 5.5rem;
        font-variant-numeric: tabular-nums;
      }
      input[type="text"] {
        flex: 1;
        max-width: 28rem;
      }
      textarea {
        flex: 1;
        max-width: 40rem;
        resize: vertical;
      }
      .many {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1rem;
      }
      .option {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        color: inherit;
        padding: 0;
      }
      .table table {
        border-collapse: collapse;
      }
      .table th {
        text-align: left;
        font-size: 0.75rem;
        font-weight: 500;
        color: var(--muted);
        padding: 0.125rem 0.375rem;
      }
      .table td {
        padding: 0.125rem;
      }
      .table input[type="text"] {
        width: 14rem;
      }
      .choose {
        padding: 0.3125rem 0.625rem;
        border: 1px solid var(--hairline);
        border-radius: var(--radius);
        background: var(--raised);
        color: inherit;
        font-weight: 500;
        cursor: pointer;
      }
      .choose:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      .choose input {
        position: absolute;
        opacity: 0;
        width: 1px;
      }
      .note {
        color: var(--muted);
        font-size: var(--small);
      }
      .live {
        color: var(--accent);
        font-size: 0.75rem;
        border: 1px solid currentColor;
        border-radius: 1rem;
        padding: 0 0.45rem;
        line-height: 1.4;
      }
    `,
  ];

  declare session: Session;
  declare cell: CellId;
  declare input: InputState;
  /** What the hand says, until the server has answered. */
  declare draft: InputValue | undefined;
  #next: { readonly value: InputValue } | undefined;
  #sending = false;
  /** A key that is held moves a slider many times; only letting it go counts. */
  #held: InputValue | undefined;
  #keyDown = false;

  protected override render(): TemplateResult {
    const { spec, live, name } = this.input;
    // A button says it itself; a group is named by its own label.
    const titled = spec.kind === "button" ? nothing : spec.label;
    return html`${this.#isOneField(spec) ? html`<label for="control">${titled}</label>` : html`<span class="label">${titled}</span>`}
      <div class="control" title=${name}>
        ${this.#control()} ${live ? html`<span class="live" title="Read at each step: a change restarts nothing">live</span>` : nothing}
      </div>`;
  }

  #isOneField({ kind }: InputState["spec"]): boolean {
    return kind !== "button" && kind !== "many" && kind !== "table";
  }

  #control(): TemplateResult {
    const { spec } = this.input;
    const value = this.draft ?? this.input.value;
    switch (spec.kind) {
      case "range":
        return html`<input
            id="control"
            type="range"
            min=${spec.min}
            max=${spec.max}
            step=${spec.step}
            .value=${String(value)}
            @input=${this.#slide}
            @change=${this.#release}
            @keydown=${() => {
              this.#keyDown = true;
            }}
            @keyup=${this.#keyUp}
            @blur=${this.#keyUp}
          />${this.#number(Number(value), spec)}`;
      case "number":
        return this.#number(Number(value), spec, "control");
      case "choice":
        return html`<select id="control" @change=${(event: Event) => this.#send((event.target as HTMLSelectElement).value)}>
          ${spec.options.map((each) => html`<option ?selected=${each === value} .value=${each}>${each}</option>`)}
        </select>`;
      case "text":
        return html`<input
          id="control"
          type="text"
          .value=${String(value)}
          placeholder=${spec.placeholder ?? ""}
          @input=${(event: Event) => {
            this.draft = (event.target as HTMLInputElement).value;
            if (this.input.live) this.#send(this.draft);
          }}
          @change=${(event: Event) => this.#send((event.target as HTMLInputElement).value)}
        />`;
      case "toggle":
        return html`<input
          id="control"
          type="checkbox"
          role="switch"
          .checked=${value === true}
          @change=${(event: Event) => this.#send((event.target as HTMLInputElement).checked)}
        />`;
      case "textarea":
        return html`<textarea
          id="control"
          rows=${spec.rows}
          .value=${String(value)}
          placeholder=${spec.placeholder ?? ""}
          @input=${(event: Event) => {
            this.draft = (event.target as HTMLTextAreaElement).value;
            if (this.input.live) this.#send(this.draft);
          }}
          @change=${(event: Event) => this.#send((event.target as HTMLTextAreaElement).value)}
        ></textarea>`;
      case "many":
        return manyControl(spec, value as readonly string[], (chosen) => this.#send(chosen));
      case "button":
        return html`<button id="control" @click=${() => this.#send(Number(value) + 1)}>${spec.label}</button>`;
      case "file":
        return fileControl(
          { accept: spec.accept, path: String(value) },
          (file) => this.#keep(file),
          () => this.#send(""),
        );
      case "table":
        return tableControl(spec, value as readonly TableRow[], (rows) => this.#send(rows));
      default:
        return spec satisfies never;
    }
  }

  #number(value: number, limits: { min?: number; max?: number; step?: number }, id?: string): TemplateResult {
    return html`<input
      id=${id ?? nothing}
      type="number"
      aria-label=${this.input.spec.label}
      min=${limits.min ?? nothing}
      max=${limits.max ?? nothing}
      step=${limits.step ?? "any"}
      .value=${id === undefined ? figure(value) : String(value)}
      @change=${(event: Event) => {
        const field = event.target as HTMLInputElement;
        const typed = field.valueAsNumber;
        if (Number.isNaN(typed)) field.value = String(this.input.value);
        else this.#send(Math.min(limits.max ?? Infinity, Math.max(limits.min ?? -Infinity, typed)));
      }}
    />`;
  }

  async #keep(file: File): Promise<void> {
    try {
      this.#send(await keep(this.session.state.path, file));
    } catch (error) {
      this.session.refuse(error instanceof Error ? error.message : String(error));
    }
  }

  readonly #slide = (event: Event): void => {
    this.draft = (event.target as HTMLInputElement).valueAsNumber;
    if (this.input.live) this.#send(this.draft);
  };

  readonly #release = (event: Event): void => {
    const value = (event.target as HTMLInputElement).valueAsNumber;
    if (this.#keyDown && !this.input.live) this.#held = value;
    else this.#send(value);
  };

  readonly #keyUp = (): void => {
    this.#keyDown = false;
    if (this.#held !== undefined) this.#send(this.#held);
    this.#held = undefined;
  };

  /** One request at a time; of the values that come meanwhile only the latest counts. */
  async #send(value: InputValue): Promise<void> {
    this.draft = value;
    this.#next = { value };
    if (this.#sending) return;
    this.#sending = true;
    let sent: InputValue = this.input.value;
    while (this.#next) {
      const { value: next } = this.#next;
      this.#next = undefined;
      if (next === sent) continue;
      sent = next;
      await this.session.ask({ type: "input", cell: this.cell, name: this.input.name, value: next });
    }
    this.#sending = false;
    this.draft = undefined;
    this.requestUpdate();
  }
}

customElements.define("pal-input", InputControl);
