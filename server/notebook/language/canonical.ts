/**
 * The canonical form of a cell's code: code that differs only in comments, layout and types has the same digest. The form is
 * the list of tokens, with all semicolons that line breaks imply, without trailing commas and empty statements, and with
 * all strings in one notation.
 */
import type { Program, Token } from "acorn";
import { ancestor } from "acorn-walk";
import { parseJavaScript } from "./syntax.ts";
import { textDigest } from "./text-digest.ts";

/**
 * @param code the cell's code without types
 * @returns the digest, and the syntax tree
 * @throws SyntaxError by acorn
 */
export function canonicalCode(code: string): { readonly canonical: string; readonly program: Program } {
  const tokens: (Token & { readonly value?: unknown })[] = [];
  const semicolons = new Set<number>();
  const emptyStatements = new Set<number>();
  const trailingCommas = new Set<number>();
  const program = parseJavaScript(code, {
    onToken: (token) => tokens.push(token),
    onInsertedSemicolon: (end) => semicolons.add(end),
    onTrailingComma: (start) => trailingCommas.add(start),
  });
  ancestor(program, {
    EmptyStatement({ start }, _, ancestors) {
      if (/^(?:Program|BlockStatement|StaticBlock|SwitchCase)$/.test(ancestors.at(-2)!.type))
        emptyStatements.add(start);
    },
  });
  const words: string[] = [];
  for (const { type, value, start, end } of tokens) {
    if (start === end || emptyStatements.has(start)) continue;
    // `[,]` has a hole and `[]` has none, so that comma is not dropped.
    if (!trailingCommas.has(start) || /^[[,]$/.test(words.at(-1) ?? "")) {
      words.push(type.label === "string" ? JSON.stringify(value) : code.slice(start, end));
    }
    if (semicolons.has(end)) words.push(";");
  }
  return { canonical: textDigest(words.join(" ")), program };
}
