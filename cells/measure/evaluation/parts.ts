/** The parts of an evaluation. Each measures one thing and returns its scores, and the items that two evaluations are compared by. */
import type { ChatModel } from "../../contracts.ts";
import type { Pair, Sample } from "../../types.ts";
import { type AnswerLimit, cutOffShare } from "../answers.ts";
import { meanNll } from "../forgetting/cross-entropy.ts";
import { groupsOf, scoresOf } from "../forgetting/general.ts";
import { cutOffOf } from "../tasks/graded-task.ts";
import { gradedTasks } from "../tasks/grading.ts";
import type { Task } from "../tasks/task.ts";
import type { TranslateOptions } from "../translation/cleaning.ts";
import type { LanguageIdentifier } from "../translation/off-target.ts";
import {
  byDirection,
  chrfScores,
  directionName,
  type TranslatedDirection,
  translations,
} from "../translation/translation.ts";
import type { Answered, FlagItems, MeasureItems } from "./evaluation.ts";

export type Part = {
  readonly scores: Readonly<Record<string, number | string>>;
  readonly items: Readonly<Record<string, MeasureItems>>;
};

export async function translationPart(
  model: ChatModel,
  pairs: readonly Pair[],
  options: TranslateOptions,
  identifier: LanguageIdentifier | undefined,
): Promise<Part> {
  const found = await translations(model, pairs, options);
  const directions = byDirection(found);
  const offTarget = identifier && offTargetItems(directions, identifier);
  return {
    scores: {
      ...chrfScores(directions),
      translationCutOff: cutOffShare(found),
      ...(offTarget && { offTarget: offTarget.flags.filter(Boolean).length / offTarget.flags.length }),
    },
    items: {
      chrf: { kind: "translations", directions },
      ...(directions.length > 1 &&
        Object.fromEntries(directions.map((each) => [`chrf ${directionName(each)}`, only(each)]))),
      ...(offTarget && { offTarget }),
    },
  };
}

const answered = ({ sources, references, texts }: TranslatedDirection): Answered[] =>
  texts.map((answer, i) => ({ prompt: sources[i]!, expected: references[i]!, answer }));

const only = (direction: TranslatedDirection): MeasureItems => ({ kind: "translations", directions: [direction] });

/**
 * Whether each text is in another language than it should be; undefined if the identifier does not know a language of the pairs. A
 * text whose language cannot be identified does not count as off-target.
 */
export function offTargetItems(
  directions: readonly TranslatedDirection[],
  identifier: LanguageIdentifier,
): FlagItems | undefined {
  if (!directions.every(({ to }) => identifier.languages.includes(to))) return undefined;
  const flags = directions.flatMap(({ to, texts }) =>
    texts.map((text) => {
      const language = identifier.identify(text);
      return language !== undefined && language !== to;
    }),
  );
  return { kind: "flags", flags, better: "lower", answers: directions.flatMap(answered) };
}

/** The chrF of one further test set, as `<name>Chrf`, and the share of its translations that were cut off. */
export async function otherTranslationPart(
  model: ChatModel,
  name: string,
  pairs: readonly Pair[],
  options: TranslateOptions,
): Promise<Part> {
  const found = await translations(model, pairs, options);
  const directions = byDirection(found);
  const measure = `${name}Chrf`;
  return {
    scores: { [measure]: chrfScores(directions).chrf, [`${name}CutOff`]: cutOffShare(found) },
    items: { [measure]: { kind: "translations", directions } },
  };
}

export async function tasksPart(
  model: ChatModel,
  tasks: readonly Task[],
  limit: AnswerLimit,
  baseGeneral: number | undefined,
): Promise<Part> {
  const graded = await gradedTasks(model, tasks, limit);
  const scores = scoresOf(graded);
  const groups = groupsOf(graded).map((name): [string, MeasureItems] => {
    return [name, { kind: "graded", graded: graded.filter(({ group }) => group === name) }];
  });
  return {
    scores: {
      ...scores,
      tasksCutOff: cutOffOf(graded),
      forgetting: (baseGeneral ?? scores.general) - scores.general,
    },
    items: { general: { kind: "graded", graded }, ...Object.fromEntries(groups) },
  };
}

/** The accuracy of one set under its own name. */
export async function otherTasksPart(
  model: ChatModel,
  name: string,
  tasks: readonly Task[],
  limit: AnswerLimit,
): Promise<Part> {
  const graded = await gradedTasks(model, tasks, limit);
  return {
    scores: { [name]: scoresOf(graded).general, [`${name}CutOff`]: cutOffOf(graded) },
    items: { [name]: { kind: "graded", graded } },
  };
}

export async function textPart(
  model: ChatModel,
  text: readonly Sample[],
  baseCrossEntropy: number | undefined,
): Promise<Part> {
  const samples = await model.nll(text);
  const crossEntropy = meanNll(samples);
  return {
    scores: { crossEntropy, crossEntropyRise: crossEntropy - (baseCrossEntropy ?? crossEntropy) },
    items: { crossEntropy: { kind: "likelihoods", samples } },
  };
}
