/**
 * A document without a browser, by jsdom: Observable Plot draws into it, and DOMPurify, which supports jsdom, sanitises with
 * it. It is loaded only for an export. No script of what is put into it runs, and it loads nothing.
 */

import { safeFrame, safeMarkdown } from "../../ui/output/safe-html.ts";
import type { Drawing } from "../../ui/plot/drawing.ts";
import { figureOf } from "../../ui/plot/figure.ts";
import type { Renderer } from "./output-html.ts";

let known: Promise<Renderer> | undefined;

export function renderer(): Promise<Renderer> {
  known ??= made();
  return known;
}

async function made(): Promise<Renderer> {
  const { JSDOM } = await import("jsdom");
  const { window } = new JSDOM("", { url: "https://palimpsest.invalid/" });
  return {
    markdown: safeMarkdown(window),
    frame: safeFrame(window),
    chart: (drawn: Drawing) => figureOf(drawn, window.document).outerHTML,
  };
}
