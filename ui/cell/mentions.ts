/**
 * Messages that mention cells or a command: a mentioned cell becomes a link, a command gets a button that copies it. Ids of
 * cells are ordinary words, so a word counts as a cell only where the sentence says so: "the cell model", "model 84.2 MB".
 */
import { css, html, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import { cellLink } from "./cell-link.ts";

export type Piece = string | { readonly cell: CellId } | { readonly command: string };

/** Splits a text into plain text, mentioned cells and commands. The pieces together are the text. */
export function pieces(text: string, cells: readonly CellId[]): readonly Piece[] {
  // The longest first, so that an id does not hide a longer one that starts with it.
  const ids = cells.toSorted((a, b) => b.length - a.length).map((id) => id.replaceAll(".", "\\."));
  const id = ids.length > 0 ? ids.join("|") : "(?!)";
  const mentioned = `(?<=\\bcell )(?:${id})(?![\\p{L}\\p{N}_-])|(?<![\\p{L}\\p{N}_.-])(?:${id})(?= \\d[\\d.]* (?:bytes|kB|MB|GB|TB)\\b)`;
  const marked = new RegExp(`(?<cell>${mentioned})|(?<command>npm install [@\\w./-]*\\w)`, "gu");
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
    return "cell" in piece ? cellLink(piece.cell) : commandWithCopy(piece.command);
  });
}

function commandWithCopy(command: string): TemplateResult {
  return html`<span class="command"><code>${command}</code> <button data-action="copy" aria-label="Copy: ${command}" @click=${(event: Event) => copy(event.currentTarget as HTMLElement, command)}>Copy</button></span>`;
}

async function copy(button: HTMLElement, command: string): Promise<void> {
  button.textContent = await navigator.clipboard.writeText(command).then(
    () => "Copied",
    () => "Select the text to copy it",
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
