/**
 * The embedded miniature world: a small language world in which a model of 0.9 million parameters answers questions, refuses
 * harmful requests, chats, translates one invented language (Orin) and can learn another (Velan), so that you can watch
 * forgetting within minutes. Small tables, one seeded generator and short grammar rules produce all of it.
 *
 * Notebooks reach everything about the world through this object; no other room of `cells/` uses the world.
 */
import { chats } from "./chats.ts";
import { corpus } from "./corpus.ts";
import { documents } from "./documents.ts";
import { worldColumns, worldEvaluation } from "./evaluation.ts";
import { worldProbes } from "./measure/probes.ts";
import { velanRefusals, worldRefusals } from "./measure/refusal-lists.ts";
import { velanChatScores } from "./measure/velan-chat.ts";
import { worldLexicon } from "./measure/world-lexicon.ts";
import { pretrainSample } from "./mixture.ts";
import { tokenizerFiles, trainWorldVocabulary } from "./tokenizer/tokenizer-files.ts";

export const world = {
  /** Sentence pairs of a language of the world, to train on and to test with. */
  corpus,
  /** Chats in Velan, with what a method needs to learn from them. */
  chats,
  /** Documents of two sentences, for `documentContext`. */
  documents,
  /** Identifies the language of a text: English, Orin or Velan. */
  lexicon: worldLexicon,
  /** Phrases that count as refusals in English and in Velan. */
  refusalList: worldRefusals,
  velanRefusalList: velanRefusals,
  /** Small evaluations on the world's own test sets, for `run.every`. */
  probes: worldProbes,
  /** The world's own data for `evaluate`. */
  evaluation: worldEvaluation,
  /** The usual columns for `report`. */
  columns: worldColumns,
  /** The full evaluation of chat in Velan. */
  velanChatScores,
  /** One sample of the stream that `tiny-chat` was trained on, by its number. */
  pretrainSample,
  /** Trains the tokenizer's vocabulary of the world's model; always the same one. */
  vocabulary: trainWorldVocabulary,
  /** The files of that tokenizer, in the format of Hugging Face. */
  tokenizerFiles,
};
