/** A value as a tree. A click opens a branch; closed branches are not rendered. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Inspected } from "../../server/values.ts";
import { controls } from "../look/controls.ts";
import { inspectorStyles } from "./inspector-styles.ts";

/** How many items an entry shows on its own line. */
const PREVIEWED = 6;

export class Inspector extends LitElement {
  static override properties = {
    value: { attribute: false },
    name: { attribute: false },
    open: { state: true },
  };
  static override styles = [controls, inspectorStyles];

  declare value: Inspected;
  declare name: string | undefined;
  declare open: boolean;

  constructor() {
    super();
    this.open = false;
  }

  protected override render(): TemplateResult {
    const key = this.name === undefined ? nothing : html`<span class="key">${this.name}</span>: `;
    const children = childrenOf(this.value);
    if (children.length === 0) return html`${key}${summary(this.value, 0)}`;
    return html`<button aria-expanded=${this.open} @click=${this.#toggle}>${key}${summary(this.value, PREVIEWED)}</button>${
      this.open
        ? html`<div class="children">
            ${children.map(([name, value]) => html`<pal-inspector .name=${name} .value=${value}></pal-inspector>`)}${remaining(this.value)}
          </div>`
        : nothing
    }`;
  }

  #toggle(): void {
    this.open = !this.open;
  }
}

function childrenOf(value: Inspected): readonly (readonly [string, Inspected])[] {
  if (value.kind === "list") return value.items.map((each, i) => [String(i), each] as const);
  if (value.kind === "record") return value.entries;
  return [];
}

function remaining(value: Inspected): TemplateResult | typeof nothing {
  const more =
    value.kind === "list"
      ? value.length - value.items.length
      : value.kind === "record"
        ? value.size - value.entries.length
        : 0;
  return more > 0 ? html`<span class="rest">… ${more} more</span>` : nothing;
}

/** The value on one line, with at most `previewed` of its items. */
function summary(value: Inspected, previewed: number): TemplateResult {
  switch (value.kind) {
    case "primitive":
      return html`<span class=${value.type}>${value.text}</span>`;
    case "function":
      return html`<span class="function">ƒ ${value.name || "anonymous"}</span>`;
    case "opaque":
      return html`<span class="opaque">${value.text}</span>`;
    case "list": {
      const items = value.items.slice(0, previewed);
      const cut = value.length > items.length;
      return html`<span class="rest">${value.name}(${value.length})</span> [${items.map((each, i) => html`${i ? ", " : ""}${summary(each, 0)}`)}${cut ? (items.length ? ", …" : "…") : ""}]`;
    }
    case "record": {
      const entries = value.entries.slice(0, previewed);
      const cut = value.size > entries.length;
      const name = value.name === "Object" ? "" : `${value.name} `;
      return html`<span class="rest">${name}</span>{${entries.map(([key, each], i) => html`${i ? ", " : ""}<span class="key">${key}</span>: ${summary(each, 0)}`)}${cut ? (entries.length ? ", …" : "…") : ""}}`;
    }
    default:
      return value satisfies never;
  }
}

customElements.define("pal-inspector", Inspector);
