/** Renders markdown as sanitised HTML. A text is parsed once, not at every drawing of its cell. */
import { html, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { guardLinks } from "../look/links.ts";
import { safeMarkdown } from "./safe-html.ts";

const toHtml = safeMarkdown(window);

/** The texts that were rendered last, with their HTML. */
const rendered = new Map<string, string>();
const RENDERED_TEXTS = 500;
const RENDERED_CHARACTERS = 20_000_000;
let renderedCharacters = 0;

export function markdown(source: string): TemplateResult {
  return html`<div class="prose" @click=${guardLinks} @auxclick=${guardLinks}>${unsafeHTML(safeHtml(source))}</div>`;
}

function safeHtml(source: string): string {
  const known = rendered.get(source);
  if (known !== undefined) return known;
  const safe = toHtml(source);
  rendered.set(source, safe);
  renderedCharacters += source.length + safe.length;
  for (const [oldest, result] of rendered) {
    if (oldest === source || (rendered.size <= RENDERED_TEXTS && renderedCharacters <= RENDERED_CHARACTERS)) break;
    rendered.delete(oldest);
    renderedCharacters -= oldest.length + result.length;
  }
  return safe;
}

export { prose } from "./prose.ts";
