/**
 * Everything a notebook imports from "palimpsest". A short experiment:
 *
 *     import { chatModel, lora, Plot, train, vanilla, world } from "palimpsest";
 *     const base = await chatModel("tiny-chat");
 *     const velan = await world.corpus("velan", { train: 1500, test: 57 });
 *     const run = train(base, { method: vanilla(velan.train), adapter: lora({ rank: 16 }), steps: 300 });
 *     Plot.lineY(run.rows, { x: "step", y: "loss" }).plot();
 *
 * `world` is the embedded miniature world with its data and measures. Everything else works on any model and any data.
 */

export * as tf from "@tensorflow/tfjs";
export type { ChatModel, Method, PendingMethod, Probe, Rule, Run, RunRecord, TrainingTask } from "./contracts.ts";
// The cell that is running.
export { keep, onDispose, previous, readFile, seed, signal } from "./current-cell.ts";
// Your own data: conversations, parallel text, requests; splits, cleaning and the check for leaks from training to test.
export { type Conversation, chatFile, chatPrompts, chatSamples, chatSides } from "./data/chat-file.ts";
export { cleanPairs } from "./data/cleaning.ts";
export { leakCheck } from "./data/leaks.ts";
export { pairs, translationInstructions } from "./data/pair-file.ts";
export type { BadRow, Reading } from "./data/reading.ts";
export { type Request, requestFile, requestPrompts } from "./data/request-file.ts";
export { split, splitPairs } from "./data/split.ts";
export { textFile } from "./data/text-file.ts";
// The digest of a text or of bytes.
export { sha256 } from "./digest.ts";
// The full evaluation, and forgetting.
export { evaluate } from "./measure/evaluation/evaluate.ts";
export type { Evaluation } from "./measure/evaluation/evaluation.ts";
export type { EvaluationData } from "./measure/evaluation/evaluation-data.ts";
export { continualMeasures } from "./measure/forgetting/continual.ts";
export { answerSamples, crossEntropy, textSamples } from "./measure/forgetting/cross-entropy.ts";
export { familyForgetting } from "./measure/forgetting/family-forgetting.ts";
// A judge behind an OpenAI-compatible endpoint.
export { judgeContest } from "./measure/judge/contest.ts";
export { judgeEndpoint } from "./measure/judge/endpoint.ts";
export { judgeGrades } from "./measure/judge/grades.ts";
export { judgePrompts } from "./measure/judge/prompts.ts";
export { judgedAnswers, judgeQuestionFile } from "./measure/judge/questions.ts";
// Small evaluations between two training steps.
export { probe, probes } from "./measure/probes.ts";
export { type RefusalJudge, refusalJudge } from "./measure/refusal/judge.ts";
export { type RefusalList, refusalLists } from "./measure/refusal/lists.ts";
export { refusalMatrix } from "./measure/refusal/matrix.ts";
export { refusalPhrase, refusals } from "./measure/refusal/phrases.ts";
export { jailbreaks, refusalSurvey } from "./measure/refusal/survey.ts";
// Skills of translation: context of a document, register, idioms.
export { documentContext, documentFile } from "./measure/skills/documents.ts";
export { formality, formalityFile } from "./measure/skills/formality.ts";
export { alignmentMeasures, idiomFile, literalness } from "./measure/skills/literalness.ts";
// Differences between models, and between seeds.
export { compareAccuracy, compareMeans, compareTexts } from "./measure/statistics/comparison.ts";
export { compareEvaluations } from "./measure/statistics/evaluation-comparison.ts";
export { seedBand, seedBands } from "./measure/statistics/seed-band.ts";
export type { Check } from "./measure/tasks/check.ts";
// Tasks that a program can grade.
export { multipleChoice } from "./measure/tasks/choices.ts";
export { exactMatch, instructionScores } from "./measure/tasks/exact-match.ts";
export { fewShot } from "./measure/tasks/few-shot.ts";
export { instructionFile } from "./measure/tasks/instruction-file.ts";
export type { Task } from "./measure/tasks/task.ts";
export { taskFile } from "./measure/tasks/task-file.ts";
// Scores of translations, and their language.
export { bleu, bleuMetric, sentenceBleu } from "./measure/translation/bleu.ts";
export { chrf, chrfMetric, sentenceChrf } from "./measure/translation/chrf.ts";
export { cometOf, cometScores, compareComet } from "./measure/translation/comet.ts";
export { saveTranslations, withComet } from "./measure/translation/comet-files.ts";
export { languageLibrary } from "./measure/translation/language-library.ts";
export { type LanguageIdentifier, offTarget } from "./measure/translation/off-target.ts";
export { sentencePiece } from "./measure/translation/sentencepiece.ts";
export { sentenceTer, ter, terMetric } from "./measure/translation/ter.ts";
export { scoreTexts } from "./measure/translation/text-metric.ts";
export { translate, translations } from "./measure/translation/translation.ts";
// Methods: from pairs to weighted samples.
export { radis } from "./method/radis.ts";
export { goodRationale, rationaleQuality } from "./method/rationale-quality.ts";
export { type PendingRationales, rationales, saveRationales } from "./method/rationales.ts";
export { sft } from "./method/sft.ts";
export * as transllm from "./method/transllm/index.ts";
export { vanilla } from "./method/vanilla.ts";
// Models, adapters and vocabularies.
export { chatModel } from "./model/chat-model.ts";
export { meanDivergence } from "./model/divergence.ts";
export { lora } from "./model/lora.ts";
export { merged } from "./model/merge.ts";
export { newPieces } from "./model/new-pieces.ts";
export { type SaveOptions, save } from "./model/save.ts";
export { loadAdapter } from "./model/tuned-folder.ts";
export { extendVocabulary } from "./model/vocabulary.ts";
// Exponentials, logarithms, powers and angles that give the same bits on every JavaScript engine.
export * as math from "./portable-math.ts";
// Inputs and outputs of cells.
export { chat } from "./show/chat.ts";
export { input } from "./show/input.ts";
export { probeRows, rows } from "./show/live-tables.ts";
export { md } from "./show/markdown.ts";
export { Plot } from "./show/plot.ts";
export { readingReport } from "./show/reading-report.ts";
export { report } from "./show/report.ts";
export { show } from "./show/show.ts";
export { table } from "./show/table.ts";
export { tokens } from "./show/tokens.ts";
export { stream } from "./stream.ts";
// Training.
export { pretrain } from "./train/pretrain.ts";
export { alerts } from "./train/run/alerts.ts";
export { runRecord } from "./train/run/record.ts";
export { stopping } from "./train/run/stopping.ts";
export { train } from "./train/train.ts";
export type { Message, Pair, Result, Row, Sample, Segment } from "./types.ts";
// The embedded miniature world.
export { world } from "./world/world.ts";
