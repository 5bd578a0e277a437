/**
 * Probes: small evaluations between two training steps, on your own data. `probe(name, measure)` makes one of any function of the
 * model. Probes look at a few items only, so their values are coarser than those of the full evaluation.
 */
import type { ChatModel, Probe } from "../contracts.ts";
import { meanDivergence } from "../model/divergence.ts";
import type { Pair, Sample } from "../types.ts";
import { crossEntropy } from "./forgetting/cross-entropy.ts";
import { exactMatch, multipleChoice, type Task } from "./forgetting/tasks.ts";
import { refusalSurvey, type SurveyOptions } from "./refusal/survey.ts";
import { type Document, type DocumentOptions, documentContext } from "./skills/documents.ts";
import { type FormalityOptions, formality, type RegisterItem } from "./skills/formality.ts";
import { type Idiom, type IdiomOptions, literalness } from "./skills/literalness.ts";
import { type LanguageIdentifier, offTarget } from "./translation/off-target.ts";
import { balanced, translate, translationScores } from "./translation/translation.ts";

export type ProbeSize = {
  /** Maximum number of items: pairs in all, questions per family, or requests of each kind. */
  readonly limit?: number;
};

/** The text that should stay likely: `textSamples`, `chatSamples` or any other samples. */
export type ForgettingText = { readonly on: readonly Sample[] };

/** A probe with the numbers that `measure` returns, by name. NaN, which stands for "cannot be said", is left out of the row. */
export const probe = (name: string, measure: Probe["measure"]): Probe => ({
  name,
  measure: async (model) => {
    const numbers = Object.entries(await measure(model));
    return Object.fromEntries(numbers.filter(([, value]) => Number.isFinite(value)));
  },
});

export const probes = {
  /** `chrf` on held-out pairs, and by direction: `into` and `from` the foreign language. */
  translation: (pairs: readonly Pair[], { limit = 16 }: ProbeSize = {}): Probe =>
    probe("translation", (model) => translationScores(model, balanced(pairs, limit))),

  /** `offTarget`: the share of translations in another language than asked for; `undetermined`: the share whose language is unclear. */
  offTarget: (
    pairs: readonly Pair[],
    { limit = 16, identifier }: ProbeSize & { readonly identifier: LanguageIdentifier },
  ): Probe =>
    probe("off-target", async (model) => {
      const chosen = balanced(pairs, limit);
      const { rate, undetermined } = offTarget(await translate(model, chosen), chosen, identifier);
      return { offTarget: rate, undetermined };
    }),

  /** `refusal` of harmful requests, `refusalJailbreak` of the same in jailbreak templates, `overRefusal` of harmless requests. */
  refusal: (options: SurveyOptions): Probe =>
    probe("refusal", async (model) => {
      const { raw, jailbreak, overRefusal } = await refusalSurvey(model, options);
      return { refusal: raw, refusalJailbreak: jailbreak, overRefusal };
    }),

  /** `crossEntropyRise` of the text over the base, in nats per token. */
  forgetting: (base: ChatModel, { on }: ForgettingText): Probe => {
    let before: number | undefined;
    return probe("forgetting", async (model) => {
      // The value is stored and not the promise: a run that is stopped while it waits must not break the probe for others.
      before ??= await crossEntropy(base, on);
      return { crossEntropyRise: (await crossEntropy(model, on)) - before };
    });
  },

  /** `divergence`: KL(base ‖ model) on the text in nats per token. It tells how far the predictions have moved, for better or worse. */
  divergence: (base: ChatModel, { on }: ForgettingText): Probe =>
    probe("divergence", async (model) => ({ divergence: await meanDivergence(base, model, on) })),

  /** `exactMatch`: the accuracy of freely written answers; also one accuracy per family. */
  exactMatch: (list: readonly Task[]): Probe =>
    probe("exact match", async (model) => {
      const { accuracy, byFamily } = await exactMatch(model, list);
      return { exactMatch: accuracy, ...byFamily };
    }),

  /** `choice`: the accuracy of the most likely choice; `choiceNormalised`: of the most likely choice per byte. */
  multipleChoice: (list: readonly Task[]): Probe =>
    probe("multiple choice", async (model) => {
      const { raw, normalised } = await multipleChoice(model, list);
      return { choice: raw.accuracy, choiceNormalised: normalised.accuracy };
    }),

  /** `formality`: the accuracy of the register that was asked for; `formalityDecided`: the share of decided translations. */
  formality: (items: readonly RegisterItem[], options: FormalityOptions): Probe =>
    probe("formality", async (model) => {
      const { accuracy, decided } = await formality(model, items, options);
      return { formality: accuracy, formalityDecided: decided };
    }),

  /** `documentScore` of documents that are translated as a whole; `contextGain`: its difference to sentence-by-sentence translation. */
  documents: (list: readonly Document[], options: DocumentOptions): Probe =>
    probe("documents", async (model) => {
      const { document, gain } = await documentContext(model, list, { resampling: { resamples: 1 }, ...options });
      return { documentScore: document, contextGain: gain.difference };
    }),

  /** `literal`: the share of idioms that were translated word by word; `literalDecided`: the share of decided translations. */
  literalness: (list: readonly Idiom[], options: IdiomOptions): Probe =>
    probe("literalness", async (model) => {
      const { literal, decided } = await literalness(model, list, options);
      return { literal, literalDecided: decided };
    }),
};
