/**
 * The text of a code cell without an editor, as cells far from the visible part show it: it takes the same place as the
 * editor, line by line, so that nothing moves when one takes over from the other. The browser's search finds it.
 */
import { css, html, type TemplateResult } from "lit";

export function staticCode(source: string): TemplateResult {
  const lines = source.split("\n");
  if (source === "")
    return html`<pre class="static empty" style="--digits: 1"><span class="line">TypeScript</span></pre>`;
  const digits = String(lines.length).length;
  // One piece of text for each line, and no space between them, since the browser would draw it.
  return html`<pre class="static" style="--digits: ${digits}">${lines.map((line) => html`<span class="line">${line}${line === "" ? "\u200b" : ""}</span>`)}</pre>`;
}

/** The measures are those of theme.ts and of CodeMirror itself. */
export const staticCodeStyles = css`
  .static {
    --numbers: max(2rem, calc(0.75rem + var(--digits) * 7.225px));
    box-sizing: border-box;
    min-height: 2.65rem;
    margin: 0;
    padding: 0.625rem 0;
    font-family: var(--mono);
    font-size: var(--code);
    line-height: 1.6;
    tab-size: 2;
    white-space: break-spaces;
    word-break: break-word;
    overflow-wrap: anywhere;
    color: var(--ink);
    counter-reset: line;
    cursor: text;
  }
  .static .line {
    display: block;
    position: relative;
    margin-left: var(--numbers);
    padding: 0 0.75rem 0 0.5rem;
    counter-increment: line;
  }
  .static .line::before {
    content: counter(line);
    position: absolute;
    right: 100%;
    padding-right: 0.25rem;
    font-size: 0.75rem;
    line-height: calc(1.6 * var(--code));
    color: var(--muted);
  }
  .static.empty {
    color: var(--muted);
  }
`;
