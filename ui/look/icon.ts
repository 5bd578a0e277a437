/** The icons, drawn here so that the page loads nothing. Screen readers skip them and read the button's name. */
import { html, svg, type TemplateResult } from "lit";

const shapes = {
  run: svg`<path d="M5 3.5v9l7-4.5z" fill="currentColor"/>`,
  stop: svg`<rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor"/>`,
  pause: svg`<path d="M5 3.5h2v9H5zM9 3.5h2v9H9z" fill="currentColor" stroke="none"/>`,
  step: svg`<path d="M3.5 3.5v9l6-4.5z" fill="currentColor"/><path d="M12 3.5v9"/>`,
  plus: svg`<path d="M8 3v10M3 8h10"/>`,
  up: svg`<path d="M8 13V3M4 7l4-4 4 4"/>`,
  down: svg`<path d="M8 3v10M4 9l4 4 4-4"/>`,
  remove: svg`<path d="M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.6 9h5.8l.6-9"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3 10.5V4a1.5 1.5 0 0 1 1.5-1.5H10"/>`,
  light: svg`<circle cx="8" cy="8" r="3"/><path d="M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1"/>`,
  dark: svg`<path d="M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z"/>`,
  close: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  right: svg`<path d="M6 3.5L10.5 8 6 12.5"/>`,
  fold: svg`<path d="M4.5 2.5L8 6l3.5-3.5M4.5 13.5L8 10l3.5 3.5"/>`,
  unfold: svg`<path d="M4.5 6L8 2.5 11.5 6M4.5 10L8 13.5 11.5 10"/>`,
  off: svg`<path d="M8 2v5.5M4.8 4.2a4.9 4.9 0 1 0 6.4 0"/>`,
  cache: svg`<path d="M4 2.5h8v11L8 10.4l-4 3.1z"/>`,
  save: svg`<path d="M3 3h8l2 2v8H3zM5.5 3v3.5h4.5V3M5.5 13V9.5h5V13"/>`,
  sweep: svg`<path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z"/>`,
  share: svg`<path d="M8 10V2.5M5 5.2L8 2.3l3 2.9M3.5 8.5v5h9v-5"/>`,
  edit: svg`<path d="M3 13l.6-2.8L11 2.8 13.2 5 5.8 12.4z"/>`,
};

export type IconName = keyof typeof shapes;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shapes[name]}</svg>`;
}
