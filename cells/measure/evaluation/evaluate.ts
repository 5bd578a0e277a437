/**
 * The full evaluation of a model on given data: translation, tasks with one right answer, refusals, the likelihood of texts, and
 * how much worse all this is than it was for the base. Every part is optional and needs its own data; the embedded world
 * brings data for all parts (`world.evaluation()`). Shares and chrF are fractions from 0 to 1.
 */
import { answersDigest } from "../../answers-digest.ts";
import { cache } from "../../cache/cache.ts";
import { keptAnswers } from "../../cache/kept-answers.ts";
import type { ChatModel } from "../../contracts.ts";
import { requireKnown } from "../../options.ts";
import { requireItems } from "../given.ts";
import { checkRequests } from "../refusal/matrix.ts";
import { cleanKey } from "../translation/cleaning.ts";
import type { Evaluation } from "./evaluation.ts";
import type { EvaluationData, EvaluationResult } from "./evaluation-data.ts";
import { otherTasksPart, otherTranslationPart, type Part, tasksPart, textPart, translationPart } from "./parts.ts";
import { refusalsPart } from "./refusals-part.ts";

export type EvaluateOptions = EvaluationData & {
  /** The name of the model in results: `base`, `vanilla`, `radis`. */
  readonly method: string;
  /** The base's evaluation on the same data. Leave it out when you evaluate the base itself. */
  readonly base?: Evaluation;
  /** Stores the evaluation in the workspace and reads it from there when the same model is evaluated on the same data again. */
  readonly cache?: boolean;
};

/**
 * Measures each part whose data are given.
 * @throws if `base` was evaluated without tasks or text that this model is evaluated on.
 */
export async function evaluate<const D extends EvaluateOptions>(
  model: ChatModel,
  options: D,
): Promise<Evaluation<EvaluationResult<D>>> {
  checkOptions(options);
  const evaluation = options.cache
    ? await cache("evaluation", await cacheKey(model, options), () => held(model, options))
    : await held(model, options);
  // The parts add exactly the measures that the type names for their data.
  return evaluation as Evaluation<EvaluationResult<D>>;
}

/** The base counts by its scores: they are all that this evaluation depends on. */
const cacheKey = async (model: ChatModel, options: EvaluateOptions): Promise<unknown> => ({
  model: await answersDigest(model),
  ...options,
  base: options.base?.result,
  clean: cleanKey(options.clean),
});

/** All parts measure the same weights. Each answer is kept, so an evaluation that was interrupted goes on where it was. */
async function held(model: ChatModel, options: EvaluateOptions): Promise<Evaluation> {
  const weights = model.hold?.();
  try {
    return await evaluated(keptAnswers(weights ?? model, "evaluation"), options);
  } finally {
    weights?.release();
  }
}

const names = [
  "method",
  "base",
  "cache",
  "translation",
  "otherTranslations",
  "identifier",
  "tasks",
  "otherTasks",
  "refusals",
  "otherRefusals",
  "text",
  "maxTokens",
  "clean",
];

/** @throws if an option is unknown, or a part has no data. */
function checkOptions(options: EvaluateOptions): void {
  const hints = { pairs: "translation", harmful: "Give it in refusals: { harmful, benign, lists }." };
  requireKnown("evaluate(…)", options, names, hints);
  const {
    translation,
    otherTranslations = {},
    tasks,
    otherTasks = {},
    refusals,
    otherRefusals = {},
    text,
    maxTokens = {},
  } = options;
  requireKnown("evaluate(…): maxTokens", maxTokens, ["translation", "tasks", "refusals"]);
  const lists = { translation, ...otherTranslations, tasks, ...otherTasks, text };
  for (const [name, list] of Object.entries(lists)) if (list !== undefined) requireItems("evaluate(…)", name, list);
  for (const [name, requests] of Object.entries({ ...(refusals && { refusals }), ...otherRefusals }))
    checkRequests(`evaluate(…): ${name}`, requests);
}

async function evaluated(model: ChatModel, options: EvaluateOptions): Promise<Evaluation> {
  const {
    method,
    base,
    translation,
    otherTranslations = {},
    identifier,
    tasks,
    otherTasks = {},
    refusals,
    otherRefusals = {},
    text,
    maxTokens = {},
    clean,
  } = options;
  const translating = {
    ...(maxTokens.translation !== undefined && { maxTokens: maxTokens.translation }),
    ...(clean && { clean }),
  };
  const answering = maxTokens.tasks === undefined ? {} : { maxTokens: maxTokens.tasks };
  const refusing = maxTokens.refusals === undefined ? {} : { maxTokens: maxTokens.refusals };
  const baseGeneral = tasks && base && baseScore(base, "general");
  const baseCrossEntropy = text && base && baseScore(base, "crossEntropy");
  const parts: Part[] = [];
  if (translation) parts.push(await translationPart(model, translation, translating, identifier));
  if (tasks) parts.push(await tasksPart(model, tasks, answering, baseGeneral));
  for (const [name, list] of Object.entries(otherTasks)) parts.push(await otherTasksPart(model, name, list, answering));
  if (refusals) parts.push(await refusalsPart(model, refusals, refusing));
  for (const [name, requests] of Object.entries(otherRefusals))
    parts.push(await refusalsPart(model, requests, refusing, ` ${name}`));
  for (const [name, pairs] of Object.entries(otherTranslations))
    parts.push(await otherTranslationPart(model, name, pairs, translating));
  if (text) parts.push(await textPart(model, text, baseCrossEntropy));
  const scores = Object.fromEntries(parts.flatMap((part) => Object.entries(part.scores)));
  const items = Object.fromEntries(parts.flatMap((part) => Object.entries(part.items)));
  return { result: { method, ...scores }, items };
}

function baseScore({ result }: Evaluation, measure: string): number {
  const score = result[measure];
  if (typeof score === "number") return score;
  throw new Error(
    `The base's evaluation "${result.method}" has no "${measure}". Evaluate the base on the same data as the tuned model.`,
  );
}
