/**
 * Words for the user that name cells or a command: a cell that is named becomes a link to it, a command can be copied. A
 * name counts as a cell's only where the sentence says so, "the cell model" or "model 84.2 MB", for ids are ordinary words.
 */
import { css, html, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import { cellLink } from "./cell-link.ts";

export type Piece = string | { readonly cell: CellId } | { readonly command: string };

/** The text in pieces; the pieces put together are the text. */
export function pieces(text: string, cells: readonly CellId[]): readonly Piece[] {
  // The longest first, so that no id hides another that it begins.
  const ids = cells.toSorted((a, b) => b.length - a.length).map((id) => id.replaceAll(".", "\\."));
  const id = ids.length > 0 ? ids.join("|") : "(?!)";
  const named = `(?<=\\bcell )(?:${id})(?![\\p{L}\\p{N}_-])|(?<![\\p{L}\\p{N}_.-])(?:${id})(?= \\d[\\d.]* (?:bytes|kB|MB|GB|TB)\\b)`;
  const marked = new RegExp(`(?<cell>${named})|(?<command>npm install [@\\w./-]*\\w)`, "gu");
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(marked)) {
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push(match.groups?.cell === undefined ? { command: match[0] } : { cell: match[0] });
    end = match.index + match[0].length;
  }
  return end < text.length ? [...found, text.slice(end)] : found;
}

export function withMentions(text: string, cells: readonly CellId[]): readonly (string | TemplateResult)[] {
  return pieces(text, cells).map((piece) => {
    if (typeof piece === "string") return piece;
    return "cell" in piece ? cellLink(piece.cell) : command(piece.command);
  });
}

function command(words: string): TemplateResult {
  return html`<span class="command"><code>${words}</code> <button data-action="copy" aria-label="Copy: ${words}" @click=${(event: Event) => copy(event.currentTarget as HTMLElement, words)}>Copy</button></span>`;
}

async function copy(button: HTMLElement, words: string): Promise<void> {
  button.textContent = await navigator.clipboard.writeText(words).then(
    () => "Copied",
    () => "Select it to copy",
  );
}

export const mentionStyles = css`
  .command {
    white-space: nowrap;
  }
  .command code {
    padding: 0.125rem 0.375rem;
    border: 1px solid var(--hairline);
    border-radius: 4px;
    background: var(--raised);
    font: 0.8125rem var(--mono);
  }
  [data-action="copy"] {
    min-height: 1.375rem;
    padding: 0 0.4375rem;
    font-size: 0.75rem;
  }
`;
