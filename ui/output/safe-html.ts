/**
 * Markdown and HTML of cells, sanitised. Notebooks come from other people, so nothing in them may act on the page that shows
 * them: no forms, no styles, no drawings over other things, and links only to a new tab. The window is an argument, since an
 * export sanitises without a browser.
 */
import DOMPurify, { type WindowLike } from "dompurify";
import { marked } from "marked";
import { secureLink } from "../look/links.ts";

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

/** @returns what makes HTML of a markdown text. @throws if this window cannot sanitise */
export function safeMarkdown(window: WindowLike): (source: string) => string {
  const sanitizer = sanitizerFor(window);
  return (source) =>
    sanitizer.sanitize(marked.parse(source, { async: false, gfm: true }), {
      USE_PROFILES: { html: true },
      FORBID_TAGS: FORBIDDEN_TAGS,
      FORBID_ATTR: [...FORBIDDEN_ATTRIBUTES, ...ACTING_ATTRIBUTES],
      ADD_ATTR: ["target"],
    });
}

/** @returns what takes scripts and everything that loads out of a whole HTML document for a frame of its own */
export function safeFrame(window: WindowLike): (source: string) => string {
  const sanitizer = sanitizerFor(window);
  return (source) =>
    sanitizer.sanitize(source, {
      USE_PROFILES: { html: true, svg: true, svgFilters: true, mathMl: true },
      WHOLE_DOCUMENT: true,
      ADD_TAGS: ["style"],
      FORBID_TAGS: ["form", "base", "meta", "link"],
      ADD_ATTR: ["target"],
    });
}

function sanitizerFor(window: WindowLike): ReturnType<typeof DOMPurify> {
  const sanitizer = DOMPurify(window);
  // Without this check, DOMPurify gives texts back as they are.
  if (!sanitizer.isSupported) throw new Error("HTML cannot be sanitised in this window.");
  sanitizer.addHook("afterSanitizeAttributes", (node) => {
    if (node.localName === "a") secureLink(node);
    // The content security policy loads no other images, and would report each of them.
    if (node.localName === "img" && !/^data:image\//i.test(node.getAttribute("src") ?? "")) node.removeAttribute("src");
  });
  return sanitizer;
}
