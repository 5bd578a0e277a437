/** The button that switches between the light and the dark theme. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "./controls.ts";
import { icon } from "./icon.ts";
import { presentTheme, switchTheme } from "./theme.ts";

export class ThemeButton extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const next = presentTheme() === "dark" ? "light" : "dark";
    const name = `Switch to the ${next} theme`;
    return html`<button class="quiet icon" data-action="theme" title=${name} aria-label=${name} @click=${this.#switch}>${icon(next)}</button>`;
  }

  #switch(): void {
    switchTheme();
    this.requestUpdate();
  }
}

customElements.define("pal-theme-button", ThemeButton);
