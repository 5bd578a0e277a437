/**
 * Everything a notebook imports from "palimpsest". An experiment in short:
 *
 *     import { chatModel, corpus, lora, Plot, train, vanilla } from "palimpsest";
 *     const base = await chatModel("tiny-chat");
 *     const velan = await corpus("velan", { train: 1500, test: 57 });
 *     const run = train(base, { method: vanilla(velan.train), adapter: lora({ rank: 16 }), steps: 300 });
 *     Plot.lineY(run.rows, { x: "step", y: "loss" }).plot();
 */

export * as tf from "@tensorflow/tfjs";
export type { ChatModel, Method, Probe, Rule, Run, RunRecord } from "./contracts.ts";
export { keep, onDispose, previous, readFile, seed, signal } from "./current-cell.ts";
// Data of one's own: conversations, parallel text, lists of requests; what is left out of them, and whether a test leaks.
export { type Conversation, chatFile, chatPrompts, chatSamples, chatSides } from "./data/chat-file.ts";
export { cleanPairs } from "./data/cleaning.ts";
export { leakCheck } from "./data/leaks.ts";
export { pairs, translationInstructions } from "./data/pair-file.ts";
export type { BadRow, Reading } from "./data/reading.ts";
export { type Request, requestFile, requestPrompts } from "./data/request-file.ts";
export { split, splitPairs } from "./data/split.ts";
// What a cell may ask of its host, and the engine itself.
export { sha256 } from "./digest.ts";
export { continualMeasures } from "./measure/forgetting/continual.ts";
export { crossEntropy, textSamples } from "./measure/forgetting/forgetting.ts";
// A user's questions with one right answer, written or chosen by likelihood.
export { exactMatch, multipleChoice, type Task, taskFile } from "./measure/forgetting/tasks.ts";
// A judge behind an OpenAI-compatible endpoint: grades, and contests of two models in both orders.
export { judgeContest } from "./measure/judge/contest.ts";
export { judgeEndpoint } from "./measure/judge/endpoint.ts";
export { judgeGrades } from "./measure/judge/grades.ts";
export { judgePrompts } from "./measure/judge/prompts.ts";
export { judgedAnswers, judgeQuestionFile } from "./measure/judge/questions.ts";
export { probe, probes } from "./measure/probes.ts";
export { type RefusalList, refusalLists } from "./measure/refusal/lists.ts";
export { refusalPhrase, refusals } from "./measure/refusal/phrases.ts";
export { jailbreaks, refusalSurvey } from "./measure/refusal/survey.ts";
// What translating itself may lose: a document's context, the register that was asked for, the sense of idioms.
export { documentContext, documentFile, worldDocuments } from "./measure/skills/documents.ts";
export { formality, formalityFile } from "./measure/skills/formality.ts";
export { alignmentMeasures, idiomFile, literalness } from "./measure/skills/literalness.ts";
export { compareAccuracy, compareMeans, compareTexts } from "./measure/statistics/comparison.ts";
export { seedBand, seedBands } from "./measure/statistics/seed-band.ts";
// Measures: small ones while a run goes on, the whole evaluation at its end; scores of texts, and what differences are worth.
export { bleu, bleuMetric, sentenceBleu } from "./measure/translation/bleu.ts";
export { chrf, chrfMetric, sentenceChrf } from "./measure/translation/chrf.ts";
export { cometOf, cometScores, compareComet } from "./measure/translation/comet.ts";
// Whether a translation is in the language that was asked for.
export { languageLibrary } from "./measure/translation/language-library.ts";
export { type LanguageIdentifier, offTarget } from "./measure/translation/off-target.ts";
// A user's SentencePiece file as BLEU's tokenizer: spBLEU.
export { sentencePiece } from "./measure/translation/sentencepiece.ts";
export { sentenceTer, ter, terMetric } from "./measure/translation/ter.ts";
export { scoreTexts } from "./measure/translation/text-metric.ts";
export { translate } from "./measure/translation/translation.ts";
// Methods: from pairs to weighted samples.
export { radis } from "./method/radis.ts";
export { rationales, saveRationales } from "./method/rationales.ts";
export * as transllm from "./method/transllm/index.ts";
export { vanilla } from "./method/vanilla.ts";
// A model to begin with, new tokens for it, and adapters that were trained before.
export { chatModel } from "./model/chat-model.ts";
export { meanDivergence } from "./model/divergence.ts";
// Training.
export { lora } from "./model/lora.ts";
export { merged } from "./model/merge.ts";
export { loadAdapter } from "./model/tuned-folder.ts";
export { extendVocabulary } from "./model/vocabulary.ts";
// Knobs.
export { input } from "./show/input.ts";
// Showing.
export { probeRows, rows } from "./show/live-tables.ts";
export { md } from "./show/markdown.ts";
export { Plot } from "./show/plot.ts";
export { readingReport } from "./show/reading-report.ts";
export { report } from "./show/report.ts";
export { show } from "./show/show.ts";
export { table } from "./show/table.ts";
export { stream } from "./stream.ts";
export { pretrain } from "./train/pretrain.ts";
export { alerts } from "./train/run/alerts.ts";
export { runRecord } from "./train/run/record.ts";
export { train } from "./train/train.ts";
export type { Message, Pair, Result, Row, Sample, Segment } from "./types.ts";
// Data: the embedded world's sentences, and what its model is pre-trained on.
export { chats } from "./world/chats.ts";
export { corpus } from "./world/corpus.ts";
export { pretrainSample } from "./world/index.ts";
export { evaluate } from "./world/measure/evaluate.ts";
export { compareEvaluations, familyForgetting } from "./world/measure/evaluation-comparison.ts";
export { velanChatProbe, velanChatScores, velanRefusals } from "./world/measure/velan-chat.ts";
// The world's own words tell its three languages apart.
export { worldLexicon } from "./world/measure/world-lexicon.ts";
export { tokenizerFiles, worldVocabulary } from "./world/tokenizer/tokenizer-files.ts";
