/**
 * The samples of TransLLM (Geng et al., https://arxiv.org/abs/2405.13923). A translation chain of thought answers a
 * question in the target language in three steps; each step sees all earlier ones:
 *
 *     question′  →  <EN> question <RESPONSE> answer <VE> answer′
 *
 * Other samples are the base's own answers in the source language (recovery distillation), which keep its chat
 * abilities, and translations. All segments are targets, including the special tokens, since the model must write them.
 */
import type { Message, Pair, Sample, Segment } from "../../types.ts";
import { type ChainTokens, languageToken } from "./tokens.ts";

/** A question and its answer in both languages. The source answer should be the base's own. */
export type BilingualChat = {
  readonly question: string;
  readonly sourceQuestion: string;
  readonly sourceAnswer: string;
  readonly answer: string;
};

/** An answer of the base, and whether it ended its turn. */
export type OwnAnswer = { readonly prompt: readonly Message[]; readonly text: string; readonly ended: boolean };

const user = (content: string): Message[] => [{ role: "user", content }];
const fromData = (role: Segment["role"], text: string): Segment => ({ role, origin: "data", text, weight: 1 });
const fromBase = (text: string): Segment => ({ role: "answer", origin: "base", text, weight: 1 });

/** `question′ → <EN> question <RESPONSE> answer <VE> answer′` */
export function chainSample({ source, response, target }: ChainTokens, chat: BilingualChat): Sample {
  return {
    prompt: user(chat.question),
    segments: [
      fromData("translation", `${source.token} ${chat.sourceQuestion}`),
      fromBase(` ${response} ${chat.sourceAnswer}`),
      fromData("translation", ` ${target.token} ${chat.answer}`),
    ],
    endTurn: true,
  };
}

/** Without the chain, as an ablation: `question′ → <VE> answer′`. */
export const directSample = ({ target }: ChainTokens, { question, answer }: BilingualChat): Sample => ({
  prompt: user(question),
  segments: [fromData("answer", `${target.token} ${answer}`)],
  endTurn: true,
});

/**
 * The base's own answer, `question → <RESPONSE> answer`; earlier answers have the same form. A cut-off answer does not
 * end the turn.
 */
export const recoverySample = (tokens: ChainTokens, { prompt, text, ended }: OwnAnswer): Sample => ({
  prompt: sourceHistory(tokens, prompt),
  segments: [fromBase(`${tokens.response} ${text}`)],
  endTurn: ended,
});

/** A conversation in the source language with `<RESPONSE>` before each answer. */
export const sourceHistory = ({ response }: ChainTokens, messages: readonly Message[]): Message[] =>
  messages.map((message) =>
    message.role === "assistant" ? { ...message, content: `${response} ${message.content}` } : message,
  );

/** A translation request: `instruction → <VE> reference` or `<EN> reference`. */
export const translationSample = (tokens: ChainTokens, { instruction, reference, to }: Pair): Sample => ({
  prompt: user(instruction),
  segments: [fromData("translation", `${languageToken(tokens, to)} ${reference}`)],
  endTurn: true,
});

/** Text without a prompt. */
export const textSample = (text: string): Sample => ({
  prompt: [],
  segments: [fromData("text", text)],
  endTurn: false,
});

/** Parallel text without a prompt, both sides learnt: `<EN> source <VE> reference`, or in the other direction. */
export const parallelSample = (tokens: ChainTokens, { source, reference, from, to }: Pair): Sample => ({
  prompt: [],
  segments: [
    fromData("text", `${languageToken(tokens, from)} ${source}`),
    fromData("translation", ` ${languageToken(tokens, to)} ${reference}`),
  ],
  endTurn: false,
});
