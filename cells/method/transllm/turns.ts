/**
 * Parses a generated turn and repairs an incomplete chain. A turn is a chain (`<EN> … <RESPONSE> … <VE> …`), an answer
 * in the source language (`<RESPONSE> …`), a single part (`<EN> …` or `<VE> …`), or plain text if it does not begin
 * with a token.
 *
 * To repair a chain, everything from the first missing or misplaced token on is dropped and replaced by the expected
 * token; then the model continues. A turn that does not begin with a token stays unchanged, since its intended form is
 * unknown.
 */
import { type ChainTokens, newTokens } from "./tokens.ts";

export type Turn = {
  /** The question in the source language, if the turn contains it. */
  readonly sourceQuestion?: string;
  /** The answer in the source language, if the turn contains it. */
  readonly sourceAnswer?: string;
  /** The last part of the turn, which the user reads. */
  readonly answer: string;
};

type Part = { readonly token: string | undefined; readonly text: string };

/** Splits a turn at its tokens. Text before the first token is a part without a token, unless it is white space. */
function partsOf(tokens: ChainTokens, text: string): Part[] {
  const [before = "", ...rest] = text.split(new RegExp(`(${newTokens(tokens).join("|")})`));
  const parts: Part[] = before.trim() === "" ? [] : [{ token: undefined, text: before.trim() }];
  for (let at = 0; at < rest.length; at += 2) parts.push({ token: rest[at], text: (rest[at + 1] ?? "").trim() });
  return parts;
}

/** The leading parts that are in order. A turn that begins with the source token is taken as a chain. */
function partsInOrder(tokens: ChainTokens, parts: readonly Part[]): Part[] {
  const order = newTokens(tokens);
  if (parts[0]?.token !== tokens.source.token) return parts.slice(0, 1);
  const misplaced = parts.findIndex(({ token }, index) => token !== order[index]);
  return parts.slice(0, misplaced < 0 ? parts.length : misplaced);
}

export function parseTurn(tokens: ChainTokens, text: string): Turn {
  const [first, second, third] = partsInOrder(tokens, partsOf(tokens, text));
  if (first === undefined) return { answer: "" };
  if (first.token === tokens.response) return { sourceAnswer: first.text, answer: first.text };
  if (first.token !== tokens.source.token) return { answer: first.text };
  return {
    sourceQuestion: first.text,
    ...(second && { sourceAnswer: second.text }),
    answer: (third ?? second ?? first).text,
  };
}

/**
 * What a turn is that consists of the source part only: an incomplete chain, or a translation into the source language.
 */
export type SourceOnly = "chain" | "translation";

/**
 * The repair of an incomplete chain; undefined if the turn needs none.
 * @returns `prefix`: the text from which the model continues; it ends with the token that was `missing`
 */
export function repair(
  tokens: ChainTokens,
  text: string,
  sourceOnly: SourceOnly,
): { readonly prefix: string; readonly missing: string } | undefined {
  const parts = partsOf(tokens, text);
  if (parts[0]?.token !== tokens.source.token) return undefined;
  if (parts.length === 1 && sourceOnly === "translation") return undefined;
  const valid = partsInOrder(tokens, parts);
  const missing = newTokens(tokens)[valid.length];
  if (missing === undefined) return undefined;
  return { prefix: `${valid.map((part) => `${part.token} ${part.text}`).join(" ")} ${missing}`, missing };
}
