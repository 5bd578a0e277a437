/**
 * TransLLM (Geng et al., https://arxiv.org/abs/2405.13923): a chat model learns to chat in a new language by way of its own.
 * Asked in the new language, it translates the question, answers it as it always would, and translates the answer; so what it
 * knows and what it refuses comes over without having been taught there. The room in the order of its use: tokens,
 * stages, and the model as its user meets it.
 */
export {
  type AnsweringOptions,
  answering,
  asUser,
  type Conversation,
  chainTurns,
  conversation,
  type WholeTurn,
} from "./answering.ts";
export { ownAnswers, ownChats } from "./own-answers.ts";
export type { Chat, OwnAnswer } from "./samples.ts";
export { reading, type TransferData, transferring, translating } from "./stages.ts";
export { type ChainTokens, chainTokens, newTokens } from "./tokens.ts";
