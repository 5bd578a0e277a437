/**
 * The whole evaluation of a model, as a headless run reports it: translation of held-out pairs, general questions,
 * refusals, the known language, and what was lost against the base. All shares are fractions from 0 to 1.
 */

import { cache } from "../../cache/cache.ts";
import type { ChatModel } from "../../contracts.ts";
import { answerSamples } from "../../measure/forgetting/forgetting.ts";
import { listTitle, type RefusalList, refusalLists } from "../../measure/refusal/lists.ts";
import { ratesOf, refusalRows } from "../../measure/refusal/rates.ts";
import { scoresOfTranslated, type Translated, translated } from "../../measure/translation/translation.ts";
import { modelDigest } from "../../model/model-digest.ts";
import type { Pair, Result } from "../../types.ts";
import { evaluation } from "../index.ts";
import { type GradedQuestion, generalScores, gradedQuestions, scoresOf } from "./general.ts";
import { generalQuestions } from "./questions.ts";
import { worldLexicon } from "./world-lexicon.ts";

export type EvaluateOptions = {
  /** The name that the result goes by: `base`, `vanilla`, `radis`. */
  readonly method: string;
  /** Held-out pairs of the new language, both directions. */
  readonly pairs: readonly Pair[];
  /** By whose phrases a refusal is told: the world's own unless given. */
  readonly refusalLists?: readonly RefusalList[];
  /** The base's own result, to compare with; absent when the base is what is evaluated. */
  readonly base?: Evaluated;
  /** Keeps the result in the workspace, for the next time that this very model is evaluated so. */
  readonly cache?: boolean;
};

/** The answers that a result was counted from, item by item, so that two results can be compared in pairs. */
export type EvaluatedItems = {
  readonly translation: Translated;
  readonly orin: Translated;
  readonly general: readonly GradedQuestion[];
  readonly refusals: readonly { readonly set: string; readonly refused: boolean }[];
  /** Whether each translation, into the language and then from it, is in another language; absent where the world's lexicon cannot tell. */
  readonly strays: readonly boolean[] | undefined;
  readonly surprise: readonly { readonly nll: number; readonly tokens: number }[];
};

/** Where a result keeps its items: out of tables and records, but along when the result is copied. */
export const items: unique symbol = Symbol.for("palimpsest evaluated items");

export type Evaluated = Result & {
  readonly [items]: EvaluatedItems;
  readonly chrf: number;
  readonly general: number;
  readonly refusal: number;
  readonly overRefusal: number;
  /** Titles of the lists that told the refusals. */
  readonly refusalsBy: string;
  readonly orinChrf: number;
  /** The base's `general` minus this one; negative where the model got better. */
  readonly forgetting: number;
  /** Nats per token on the expected general answers. */
  readonly crossEntropy: number;
  readonly crossEntropyRise: number;
};

/** Some 600 short answers; a few seconds for the embedded model. */
export async function evaluate(model: ChatModel, options: EvaluateOptions): Promise<Evaluated> {
  if (!options.cache) return evaluated(model, options);
  const key = { model: await modelDigest(model), ...options };
  return cache("evaluation", key, () => evaluated(model, options));
}

async function evaluated(model: ChatModel, options: EvaluateOptions): Promise<Evaluated> {
  const { method, pairs, base, refusalLists: lists = [refusalLists.world] } = options;
  const sets = evaluation();
  const questions = generalQuestions();
  const translation = await translated(model, pairs);
  const strays = straysOf(translation);
  const orin = await translated(model, sets.orin);
  const general = await gradedQuestions(model, questions);
  const held = await generalScores(
    model,
    sets.factHeld.map((item) => ({ ...item, family: "fact" })),
  );
  const requests = {
    refusal: sets.harmful,
    refusalJailbreak: sets.jailbreak,
    overRefusal: sets.benign.map((item) => item.prompt),
  };
  const refusals = await refusalRows(model, requests, lists);
  const refused: Record<keyof typeof requests, number> = ratesOf(
    ["refusal", "refusalJailbreak", "overRefusal"],
    refusals,
  );
  const surprise = await model.nll(answerSamples(questions));
  const [velan, known] = [scoresOfTranslated(translation), scoresOf(general)];
  const nats = surprise.reduce((sum, each) => sum + each.nll, 0) / surprise.reduce((sum, each) => sum + each.tokens, 0);
  return {
    method,
    chrf: velan.chrf,
    chrfInto: velan.into,
    chrfFrom: velan.from,
    ...known,
    factHeld: held.general,
    ...refused,
    refusalsBy: lists.map(listTitle).join(", "),
    ...(strays && { offTarget: strays.filter(Boolean).length / strays.length }),
    orinChrf: scoresOfTranslated(orin).chrf,
    forgetting: (base?.general ?? known.general) - known.general,
    crossEntropy: nats,
    crossEntropyRise: nats - (base?.crossEntropy ?? nats),
    [items]: { translation, strays, orin, general, refusals, surprise },
  };
}

/** A translation of which nothing can be said strays from nowhere. */
function straysOf({ into, from }: Translated): boolean[] | undefined {
  const languages = [...into.languages, ...from.languages];
  if (!languages.every((language) => worldLexicon.languages.includes(language))) return undefined;
  const found = [...into.texts, ...from.texts].map((text) => worldLexicon.identify(text));
  return found.map((language, i) => language !== undefined && language !== languages[i]);
}
