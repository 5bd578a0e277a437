/**
 * TransLLM (Geng et al., https://arxiv.org/abs/2405.13923): a chat model learns to chat in a new language by
 * translating to and from its own. Asked in the new language, it translates the question, answers it in its own
 * language, and translates the answer. So its knowledge and its refusals carry over without data in the new language.
 *
 * In the order of use: special tokens, the three stages, the model as its user sees it.
 */

export { type ChainFile, chainFile } from "./chain-file.ts";
export { type Conversation, conversation } from "./conversation.ts";
export {
  chainTurns,
  type FinalAnswerOptions,
  finalAnswerProbes,
  finalAnswers,
  type GeneratedTurn,
} from "./final-answers.ts";
export { type OwnChats, ownAnswers, ownChats, type Translator } from "./own-answers.ts";
export type { BilingualChat, OwnAnswer } from "./samples.ts";
export { type TransferData, targetPretraining, transferFinetuning, translationPretraining } from "./stages.ts";
export { type ChainTokens, chainTokens, newTokens } from "./tokens.ts";
