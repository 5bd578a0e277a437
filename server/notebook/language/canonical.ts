/**
 * What a cell's code does, without comments, layout and types: texts with the same digest do the same. It is made of the
 * tokens in a row, with the semicolons that line breaks stand for, without trailing commas and empty statements, and with
 * strings in one notation.
 */
import type { Program, Token } from "acorn";
import { ancestor } from "acorn-walk";
import { digest } from "./digest.ts";
import { parseJavaScript } from "./syntax.ts";

/** @param code a cell's JavaScript. @returns the digest, and the tree that was read for it. @throws SyntaxError */
export function canonical(code: string): { readonly canonical: string; readonly program: Program } {
  const tokens: (Token & { readonly value?: unknown })[] = [];
  const semicolons = new Set<number>();
  const empty = new Set<number>();
  const trailing = new Set<number>();
  const program = parseJavaScript(code, {
    onToken: (token) => tokens.push(token),
    onInsertedSemicolon: (end) => semicolons.add(end),
    onTrailingComma: (start) => trailing.add(start),
  });
  ancestor(program, {
    EmptyStatement({ start }, _, ancestors) {
      if (/^(?:Program|BlockStatement|StaticBlock|SwitchCase)$/.test(ancestors.at(-2)!.type)) empty.add(start);
    },
  });
  const words: string[] = [];
  for (const { type, value, start, end } of tokens) {
    if (start === end || empty.has(start)) continue;
    // `[,]` has a hole and `[]` has none.
    if (!trailing.has(start) || /^[[,]$/.test(words.at(-1) ?? "")) {
      words.push(type.label === "string" ? JSON.stringify(value) : code.slice(start, end));
    }
    if (semicolons.has(end)) words.push(";");
  }
  return { canonical: digest(words.join(" ")), program };
}
