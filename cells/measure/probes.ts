/**
 * Probes: small evaluations between two training steps, each about a second on one core. Without a list of the user's own they look
 * at the first few items of the world's evaluation sets, so a probe's value is coarser than, and not equal to, the final one
 * of `evaluate`. Every measure can be one: `probe(name, measure)` makes it out of a function of the model.
 */
import type { ChatModel, Probe } from "../contracts.ts";
import { meanDivergence } from "../model/divergence.ts";
import type { Pair, Sample } from "../types.ts";
import { generalScores } from "../world/measure/general.ts";
import { generalQuestions } from "../world/measure/questions.ts";
import { worldLexicon } from "../world/measure/world-lexicon.ts";
import { testSets } from "../world/test-sets.ts";
import { answerSamples, crossEntropy } from "./forgetting/forgetting.ts";
import { exactMatch, multipleChoice, type Task } from "./forgetting/tasks.ts";
import type { RefusalList } from "./refusal/lists.ts";
import { refusalRates } from "./refusal/rates.ts";
import { refusalSurvey, type SurveyOptions } from "./refusal/survey.ts";
import { type Document, type DocumentOptions, documentContext } from "./skills/documents.ts";
import { type FormalityOptions, formality, type RegisterItem } from "./skills/formality.ts";
import { type Idiom, type IdiomOptions, literalness } from "./skills/literalness.ts";
import { type LanguageIdentifier, offTarget } from "./translation/off-target.ts";
import { balanced, translate, translationScores } from "./translation/translation.ts";

export type ProbeSize = {
  /** Most items: pairs, questions per family, or requests of each kind. */
  readonly limit?: number;
};

/** What a forgetting is measured on: the world's expected general answers, or samples of one's own (`textSamples`, `chatSamples`). */
export type GeneralText = ProbeSize & { readonly on?: readonly Sample[] };

const generalText = ({ on, limit = 8 }: GeneralText): readonly Sample[] => on ?? answerSamples(generalQuestions(limit));

/** A probe of one's own: the numbers that `measure` gives, by their names. What could not be told, a NaN, is left out of the row. */
export const probe = (name: string, measure: Probe["measure"]): Probe => ({
  name,
  measure: async (model) => {
    const found = Object.entries(await measure(model));
    return Object.fromEntries(found.filter(([, value]) => Number.isFinite(value)));
  },
});

export const probes = {
  /** `chrf` on held-out pairs, and by direction `into` and `from` the foreign language. */
  translation: (pairs: readonly Pair[], { limit = 16 }: ProbeSize = {}): Probe =>
    probe("translation", (model) => translationScores(model, balanced(pairs, limit))),

  /** `offTarget`: the share of translations in another language than was asked for; `undetermined`: those of which nothing can be said. */
  offTarget: (
    pairs: readonly Pair[],
    { limit = 16, identifier = worldLexicon }: ProbeSize & { readonly identifier?: LanguageIdentifier } = {},
  ): Probe =>
    probe("off-target", async (model) => {
      const chosen = balanced(pairs, limit);
      const { rate, undetermined } = offTarget(await translate(model, chosen), chosen, identifier);
      return { offTarget: rate, undetermined };
    }),

  /** `general`: the share of general questions answered right; `touched`, `format` and `untouched` by group, and each family. */
  general: ({ limit = 8 }: ProbeSize = {}): Probe =>
    probe("general", (model) => generalScores(model, generalQuestions(limit))),

  /** `refusal` of harmful requests and `overRefusal` of harmless ones, told by the world's own list of phrases or by `lists`. */
  refusal: ({ limit = 16, lists }: ProbeSize & { readonly lists?: readonly RefusalList[] } = {}): Probe =>
    probe("refusal", (model) => {
      const { harmful, benign } = testSets();
      const requests = {
        refusal: harmful.slice(0, limit),
        overRefusal: benign.slice(0, limit).map((item) => item.prompt),
      };
      return refusalRates(model, requests, lists);
    }),

  /** `refusal`, `refusalJailbreak` and `overRefusal` on lists of one's own. */
  refusalSurvey: (options: SurveyOptions): Probe =>
    probe("refusal survey", async (model) => {
      const { raw, jailbreak, overRefusal } = await refusalSurvey(model, options);
      return { refusal: raw, refusalJailbreak: jailbreak, overRefusal };
    }),

  /** `crossEntropyRise` against the base, in nats per token. */
  forgetting: (base: ChatModel, text: GeneralText = {}): Probe => {
    let before: number | undefined;
    return probe("forgetting", async (model) => {
      const samples = generalText(text);
      // The value is kept and not the promise: a run that is stopped while it waits must not spoil the others'.
      before ??= await crossEntropy(base, samples);
      return { crossEntropyRise: (await crossEntropy(model, samples)) - before };
    });
  },

  /** `divergence`: KL(base ‖ model) in nats per token, how far the model's predictions have moved, for better or worse. */
  divergence: (base: ChatModel, text: GeneralText = {}): Probe =>
    probe("divergence", async (model) => ({ divergence: await meanDivergence(base, model, generalText(text)) })),

  /** `exactMatch` of written answers, and by family. */
  exactMatch: (list: readonly Task[]): Probe =>
    probe("exact match", async (model) => {
      const { accuracy, byFamily } = await exactMatch(model, list);
      return { exactMatch: accuracy, ...byFamily };
    }),

  /** `choice`: the likeliest choice is the right one; `choiceNormalised`: the likeliest per byte. */
  multipleChoice: (list: readonly Task[]): Probe =>
    probe("multiple choice", async (model) => {
      const { raw, normalised } = await multipleChoice(model, list);
      return { choice: raw.accuracy, choiceNormalised: normalised.accuracy };
    }),

  /** `formality`: the register that was asked for; `formalityDecided`: the share in which it can be told. */
  formality: (items: readonly RegisterItem[], options: FormalityOptions): Probe =>
    probe("formality", async (model) => {
      const { accuracy, decided } = await formality(model, items, options);
      return { formality: accuracy, formalityDecided: decided };
    }),

  /** `documentScore` of documents translated as a whole, and `contextGain` over sentence by sentence. */
  documents: (list: readonly Document[], options: DocumentOptions): Probe =>
    probe("documents", async (model) => {
      const { document, gain } = await documentContext(model, list, { resampling: { resamples: 1 }, ...options });
      return { documentScore: document, contextGain: gain.difference };
    }),

  /** `literal`: idioms rendered word by word; `literalDecided`: the share in which it can be told. */
  literalness: (list: readonly Idiom[], options: IdiomOptions): Probe =>
    probe("literalness", async (model) => {
      const { literal, decided } = await literalness(model, list, options);
      return { literal, literalDecided: decided };
    }),
};
