/**
 * The samples of TransLLM (https://arxiv.org/abs/2405.13923). A chain of thought by translation answers a question of the
 * new language in three steps, each of which sees all earlier ones:
 *
 *     question′  →  <EN> question <RESPONSE> answer <VE> answer′
 *
 * Beside the chains stand the base's own answers to its own language (recovery), which keep the chat that it has, and
 * plain translations. Every piece of a turn is a target, tokens included: the model has to write them.
 */
import type { Message, Pair, Sample, Segment } from "../../types.ts";
import { type ChainTokens, languageToken } from "./tokens.ts";

/** One question and its answer in both languages; the source answer is the base's own. */
export type Chat = {
  readonly question: string;
  readonly sourceQuestion: string;
  readonly sourceAnswer: string;
  readonly answer: string;
};

/** What the base itself said, and whether it ended its turn. */
export type OwnAnswer = { readonly prompt: readonly Message[]; readonly text: string; readonly ended: boolean };

const user = (content: string): Message[] => [{ role: "user", content }];
const data = (role: Segment["role"], text: string): Segment => ({ role, origin: "data", text, weight: 1 });
const base = (text: string): Segment => ({ role: "answer", origin: "base", text, weight: 1 });

/** `question′ → <EN> question <RESPONSE> answer <VE> answer′` */
export function chainSample({ source, response, target }: ChainTokens, chat: Chat): Sample {
  return {
    prompt: user(chat.question),
    segments: [
      data("translation", `${source.token} ${chat.sourceQuestion}`),
      base(` ${response} ${chat.sourceAnswer}`),
      data("translation", ` ${target.token} ${chat.answer}`),
    ],
    endTurn: true,
  };
}

/** Without the chain: `question′ → <VE> answer′`. What a chain is worth shows beside it. */
export const directSample = ({ target }: ChainTokens, { question, answer }: Chat): Sample => ({
  prompt: user(question),
  segments: [data("answer", `${target.token} ${answer}`)],
  endTurn: true,
});

/** The base's own answer, `question → <RESPONSE> answer`; earlier turns stand in the same form. A cut-off answer does not end the turn. */
export const recoverySample = (tokens: ChainTokens, { prompt, text, ended }: OwnAnswer): Sample => ({
  prompt: sourceHistory(tokens, prompt),
  segments: [base(`${tokens.response} ${text}`)],
  endTurn: ended,
});

/** Turns of the source language as TransLLM writes them. */
export const sourceHistory = ({ response }: ChainTokens, messages: readonly Message[]): Message[] =>
  messages.map((message) =>
    message.role === "assistant" ? { ...message, content: `${response} ${message.content}` } : message,
  );

/** A request for a translation: `instruction → <VE> reference` or `<EN> reference`. */
export const translationSample = (tokens: ChainTokens, { instruction, reference, to }: Pair): Sample => ({
  prompt: user(instruction),
  segments: [data("translation", `${languageToken(tokens, to)} ${reference}`)],
  endTurn: true,
});

/** Text without turns. */
export const textSample = (text: string): Sample => ({ prompt: [], segments: [data("text", text)], endTurn: false });

/** Parallel text without turns, the source learnt as well: `<EN> source <VE> reference`, or the other way round. */
export const parallelSample = (tokens: ChainTokens, { source, reference, from, to }: Pair): Sample => ({
  prompt: [],
  segments: [
    data("text", `${languageToken(tokens, from)} ${source}`),
    data("translation", ` ${languageToken(tokens, to)} ${reference}`),
  ],
  endTurn: false,
});
