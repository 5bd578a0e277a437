/**
 * Renders markdown as sanitised HTML. Notebooks come from other people, so nothing in them may act on this page: no forms, no
 * styles, no drawings over other things, and links only to a new tab. A text is parsed once, not at every drawing of its cell.
 */
import DOMPurify from "dompurify";
import { css, html, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { marked } from "marked";
import { guardLinks, secureLink } from "../look/links.ts";

const sanitizer = DOMPurify(window);
sanitizer.addHook("afterSanitizeAttributes", (node) => {
  if (node.localName === "a") secureLink(node);
  // The content security policy loads no other images, and would report each of them.
  if (node.localName === "img" && !/^data:image\//i.test(node.getAttribute("src") ?? "")) node.removeAttribute("src");
});

const FORBIDDEN_TAGS = ["style", "form", "input", "button", "textarea", "select", "option", "map", "area", "dialog"];
const FORBIDDEN_ATTRIBUTES = [
  "style",
  "class",
  "id",
  "name",
  "slot",
  "part",
  "popover",
  "srcset",
  "usemap",
  "background",
];
const ACTING_ATTRIBUTES = ["popovertarget", "popovertargetaction", "tabindex", "autofocus", "accesskey"];

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
  const safe = sanitizer.sanitize(marked.parse(source, { async: false, gfm: true }), {
    USE_PROFILES: { html: true },
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: [...FORBIDDEN_ATTRIBUTES, ...ACTING_ATTRIBUTES],
    ADD_ATTR: ["target"],
  });
  rendered.set(source, safe);
  renderedCharacters += source.length + safe.length;
  for (const [oldest, result] of rendered) {
    if (oldest === source || (rendered.size <= RENDERED_TEXTS && renderedCharacters <= RENDERED_CHARACTERS)) break;
    rendered.delete(oldest);
    renderedCharacters -= oldest.length + result.length;
  }
  return safe;
}

export const prose = css`
  .prose {
    line-height: 1.65;
    overflow-wrap: break-word;
  }
  .prose > :first-child {
    margin-top: 0;
  }
  .prose > :last-child {
    margin-bottom: 0;
  }
  .prose h1 {
    font-size: var(--title);
    line-height: 1.2;
    letter-spacing: -0.015em;
    font-weight: 650;
    margin: 1rem 0 0.75rem;
  }
  .prose h2,
  .prose h3 {
    font-size: var(--large);
    line-height: 1.3;
    font-weight: 600;
    margin: 1.25rem 0 0.5rem;
  }
  .prose h3 {
    font-size: var(--text);
  }
  .prose p,
  .prose ul,
  .prose ol,
  .prose pre,
  .prose table,
  .prose blockquote {
    margin: 0 0 0.75rem;
  }
  .prose code {
    font: 0.875em var(--mono);
    background: var(--surface);
    border-radius: 3px;
    padding: 0.1em 0.3em;
  }
  .prose pre {
    background: var(--surface);
    border-radius: var(--radius);
    padding: 0.75rem 1rem;
    overflow: auto;
  }
  .prose pre code {
    padding: 0;
    background: none;
  }
  .prose blockquote {
    margin-left: 0;
    padding-left: 1rem;
    border-left: 2px solid var(--hairline);
    color: var(--muted);
  }
  .prose table {
    border-collapse: collapse;
    font-size: var(--small);
  }
  .prose th,
  .prose td {
    padding: 0.3rem 0.75rem;
    border-bottom: 1px solid var(--hairline);
    text-align: left;
  }
  .prose a {
    color: var(--accent);
  }
  .prose a[target="_blank"]::after {
    content: "\\2009↗";
    font-size: 0.75em;
  }
  .prose img {
    max-width: 100%;
  }
  .prose hr {
    border: 0;
    border-top: 1px solid var(--hairline);
    margin: 1.5rem 0;
  }
`;
