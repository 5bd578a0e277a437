/**
 * The text of turns while they are generated: without the template's lead and without thoughts, cut at a stop text, and passed on
 * piece by piece. A piece is held back while it may still change: an incomplete character, or the possible beginning of a stop text.
 */
import type { GenerateOptions, Prompt } from "../contracts.ts";
import { thoughtTokens, withoutThought } from "./thoughts.ts";
import type { ChatTokenizer } from "./tokenizer.ts";
import { openThought } from "./turn-format.ts";

export type TurnTexts = {
  /** Called after each token with all tokens of the turn; returns true if the text has reached a stop text. Undefined if not needed. */
  readonly afterToken: ((tokens: readonly number[], prompt: number) => boolean) | undefined;
  /** The complete text of a finished turn. */
  readonly finish: (
    tokens: readonly number[],
    prompt: number,
  ) => { readonly text: string; readonly thinkTokens?: number };
};

/** @param ids the tokens of the prompts */
export function turnTexts(
  tokenizer: ChatTokenizer,
  prompts: readonly Prompt[],
  ids: readonly (readonly number[])[],
  {
    stop = [],
    onText,
  }: { readonly stop?: GenerateOptions["stop"] | undefined; readonly onText?: GenerateOptions["onText"] },
): TurnTexts {
  const emitted = prompts.map(() => 0);
  const textOf = (tokens: readonly number[], prompt: number): string =>
    tokenizer.encoding === "pieces" ? tokenizer.decode(tokens) : tokenizer.decodeAfter(ids[prompt]!, tokens);
  const beginsTurn = (prompt: number): boolean => (prompts[prompt]!.prefix ?? []).join("") === "";
  const thinks = prompts.map(({ messages }, prompt) => {
    if (!tokenizer.thinks || !beginsTurn(prompt) || messages.length === 0) return undefined;
    return openThought.test(tokenizer.decode(ids[prompt]!.slice(-8), "with special")) ? "opened" : "not opened";
  });
  const turn = (tokens: readonly number[], prompt: number) => {
    const whole = textOf(tokens, prompt);
    const state = thinks[prompt];
    const text = state ? withoutThought(whole, state) : whole;
    const { lead } = tokenizer;
    return untilStop(beginsTurn(prompt) && text.startsWith(lead) ? text.slice(lead.length) : text, stop);
  };
  const emit = (text: string, prompt: number): void => {
    const piece = text.slice(emitted[prompt]);
    if (piece === "") return;
    emitted[prompt] = text.length;
    onText?.(piece, prompt);
  };
  const isNeeded = stop.length > 0 || onText !== undefined;
  return {
    afterToken: isNeeded
      ? (tokens, prompt) => {
          const { text, stopped } = turn(tokens, prompt);
          emit(stopped ? text : settled(text, stop), prompt);
          return stopped;
        }
      : undefined,
    finish: (tokens, prompt) => {
      const { text } = turn(tokens, prompt);
      emit(text, prompt);
      const state = thinks[prompt];
      const thinkTokens = state ? thoughtTokens(tokens, (some) => textOf(some, prompt), state) : 0;
      return thinkTokens > 0 ? { text, thinkTokens } : { text };
    },
  };
}

/** The text up to the first of the stop texts. */
export function untilStop(text: string, stop: readonly string[]): { text: string; stopped: boolean } {
  const places = stop.filter((end) => end !== "").map((end) => text.indexOf(end));
  const first = Math.min(...places.filter((place) => place >= 0));
  return Number.isFinite(first) ? { text: text.slice(0, first), stopped: true } : { text, stopped: false };
}

/** The part of a text that later tokens cannot change. */
export function settled(text: string, stop: readonly string[]): string {
  // An incomplete multi-byte character is decoded as U+FFFD.
  const complete = text.replace(/\uFFFD+$/, "");
  let end = complete.length;
  for (const stopText of stop) {
    for (let length = 1; length < stopText.length; length += 1) {
      if (complete.endsWith(stopText.slice(0, length))) end = Math.min(end, complete.length - length);
    }
  }
  return complete.slice(0, end);
}
