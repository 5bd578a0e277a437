/**
 * Reads a turn that was written with the tokens of a chain, and says how a broken one is mended. A turn is a chain (`<EN> …
 * <RESPONSE> … <VE> …`), an answer in the source language (`<RESPONSE> …`), one translated or direct piece (`<EN> …` or
 * `<VE> …`), or plain text where it does not begin with a token.
 *
 * The rule of mending: what comes from the first missing or misplaced token of a chain on is dropped, the token that ought
 * to stand there is put there, and the model goes on. A turn that does not begin with a token is left as it is, since
 * nobody can know what it was to become.
 */
import { type ChainTokens, newTokens } from "./tokens.ts";

export type Turn = {
  /** The question in the source language, where the turn translated it. */
  readonly sourceQuestion?: string;
  /** The answer in the source language, where the turn has one. */
  readonly sourceAnswer?: string;
  /** What the user is to read: the last piece of the turn. */
  readonly answer: string;
};

type Piece = { readonly token: string | undefined; readonly text: string };

/** Text before the first token has none; a text of white space there is nothing. */
function pieces(tokens: ChainTokens, text: string): Piece[] {
  const known = newTokens(tokens);
  const found = text.split(new RegExp(`(${known.join("|")})`));
  const [before = "", ...rest] = found;
  const made: Piece[] = before.trim() === "" ? [] : [{ token: undefined, text: before.trim() }];
  for (let at = 0; at < rest.length; at += 2) made.push({ token: rest[at], text: (rest[at + 1] ?? "").trim() });
  return made;
}

/** The pieces of a turn as far as they are in order. A turn that opens with a chain's first token is held to be a chain. */
function inOrder(tokens: ChainTokens, found: readonly Piece[]): Piece[] {
  const order = newTokens(tokens);
  if (found[0]?.token !== tokens.source.token) return found.slice(0, 1);
  const wrong = found.findIndex(({ token }, at) => token !== order[at]);
  return found.slice(0, wrong < 0 ? found.length : wrong);
}

export function readTurn(tokens: ChainTokens, text: string): Turn {
  const [first, second, third] = inOrder(tokens, pieces(tokens, text));
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
 * The beginning with which a broken chain goes on, ending in the token that was missing; undefined for a turn that is whole.
 * @param alone what `<EN> …` without a further token is: a chain that broke off, or a translation that was asked for
 */
export function mended(
  tokens: ChainTokens,
  text: string,
  alone: "question" | "translation",
): { readonly text: string; readonly missing: string } | undefined {
  const found = pieces(tokens, text);
  if (found[0]?.token !== tokens.source.token) return undefined;
  if (found.length === 1 && alone === "translation") return undefined;
  const right = inOrder(tokens, found);
  const missing = newTokens(tokens)[right.length];
  if (missing === undefined) return undefined;
  return { text: `${right.map((piece) => `${piece.token} ${piece.text}`).join(" ")} ${missing}`, missing };
}
