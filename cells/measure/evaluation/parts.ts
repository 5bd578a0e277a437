/** The parts of an evaluation. Each measures one thing and returns its scores, and the items that two evaluations are compared by. */
import type { ChatModel } from "../../contracts.ts";
import { requestPrompts } from "../../data/request-file.ts";
import type { Pair, Sample } from "../../types.ts";
import { meanNll } from "../forgetting/cross-entropy.ts";
import { generalScores, gradedTasks, groupsOf, scoresOf } from "../forgetting/general.ts";
import type { Task } from "../forgetting/tasks.ts";
import { listTitle } from "../refusal/lists.ts";
import { ratesOf, refusalRows } from "../refusal/rates.ts";
import type { LanguageIdentifier } from "../translation/off-target.ts";
import { scoresOfDirections, type TranslatedDirection, translateBothWays } from "../translation/translation.ts";
import type { MeasureItems } from "./evaluation.ts";
import { type RefusalRequests, rateNames } from "./evaluation-data.ts";

export type Part = {
  readonly scores: Readonly<Record<string, number | string>>;
  readonly items: Readonly<Record<string, MeasureItems>>;
};

export async function translationPart(
  model: ChatModel,
  pairs: readonly Pair[],
  identifier: LanguageIdentifier | undefined,
): Promise<Part> {
  const directions = await translateBothWays(model, pairs);
  const { chrf, into, from } = scoresOfDirections(directions);
  const flags = identifier && offTargetFlags(directions, identifier);
  return {
    scores: {
      chrf,
      chrfInto: into,
      chrfFrom: from,
      ...(flags && { offTarget: flags.filter(Boolean).length / flags.length }),
    },
    items: {
      chrf: { kind: "translations", directions },
      ...(flags && { offTarget: { kind: "flags", flags, better: "lower" } }),
    },
  };
}

/** Whether each text is in another language than it should be. A text whose language cannot be identified does not count as off-target. */
function offTargetFlags(
  directions: readonly TranslatedDirection[],
  identifier: LanguageIdentifier,
): boolean[] | undefined {
  const expected = directions.flatMap(({ languages }) => languages);
  if (!expected.every((language) => identifier.languages.includes(language))) return undefined;
  const found = directions.flatMap(({ texts }) => texts.map((text) => identifier.identify(text)));
  return found.map((language, i) => language !== undefined && language !== expected[i]);
}

/** The chrF of one further test set, as `<name>Chrf`. */
export async function otherTranslationPart(model: ChatModel, name: string, pairs: readonly Pair[]): Promise<Part> {
  const directions = await translateBothWays(model, pairs);
  const measure = `${name}Chrf`;
  return {
    scores: { [measure]: scoresOfDirections(directions).chrf },
    items: { [measure]: { kind: "translations", directions } },
  };
}

export async function tasksPart(
  model: ChatModel,
  tasks: readonly Task[],
  baseGeneral: number | undefined,
): Promise<Part> {
  const graded = await gradedTasks(model, tasks);
  const scores = scoresOf(graded);
  const groups = groupsOf(graded).map((name): [string, MeasureItems] => {
    return [name, { kind: "graded", graded: graded.filter(({ group }) => group === name) }];
  });
  return {
    scores: { ...scores, forgetting: (baseGeneral ?? scores.general) - scores.general },
    items: { general: { kind: "graded", graded }, ...Object.fromEntries(groups) },
  };
}

/** The accuracy of one set under its own name. */
export async function otherTasksPart(model: ChatModel, name: string, tasks: readonly Task[]): Promise<Part> {
  return { scores: { [name]: (await generalScores(model, tasks)).general }, items: {} };
}

export async function refusalsPart(model: ChatModel, { lists, ...requests }: RefusalRequests): Promise<Part> {
  const given = (["harmful", "jailbreak", "benign"] as const).flatMap((set) => {
    const list = requests[set];
    return list ? [[rateNames[set], requestPrompts(list)] as const] : [];
  });
  const rows = await refusalRows(model, Object.fromEntries(given), lists);
  const measures = given.map(([measure]) => measure);
  const items = measures.map((measure): [string, MeasureItems] => {
    const flags = rows.filter(({ set }) => set === measure).map(({ refused }) => refused);
    return [measure, { kind: "flags", flags, better: measure === "overRefusal" ? "lower" : "higher" }];
  });
  return {
    scores: { ...ratesOf(measures, rows), refusalsBy: lists.map(listTitle).join(", ") },
    items: Object.fromEntries(items),
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
