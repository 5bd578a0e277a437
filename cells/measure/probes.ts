/**
 * Probes: small evaluations between two training steps, on your own data. `probe(name, measure)` makes one of any function of the
 * model. Probes look at a few items only, so their values are coarser than those of the full evaluation.
 */
import type { ChatModel, Probe, TrainingTask } from "../contracts.ts";
import { requireItems } from "../given.ts";
import { meanDivergence } from "../model/divergence.ts";
import { requireKnown } from "../options.ts";
import type { Pair, Sample } from "../types.ts";
import { type AnswerLimit, cutOffShare } from "./answers.ts";
import { offTargetItems, type Part, tasksPart, textPart, translationPart } from "./evaluation/parts.ts";
import { refusalsPart, refusedItems } from "./evaluation/refusals-part.ts";
import { keepAnswers } from "./evaluation/test-answers.ts";
import { crossEntropy } from "./forgetting/cross-entropy.ts";
import { groupBy } from "./groups.ts";
import { checkRequests, type RefusalRequests } from "./refusal/matrix.ts";
import { refusalSurvey, type SurveyOptions } from "./refusal/survey.ts";
import { type Document, type DocumentOptions, documentContext } from "./skills/documents.ts";
import { type FormalityOptions, formality, type RegisterItem } from "./skills/formality.ts";
import { type Idiom, type IdiomOptions, literalness } from "./skills/literalness.ts";
import { multipleChoice } from "./tasks/choices.ts";
import { type ExactMatchOptions, exactMatch } from "./tasks/exact-match.ts";
import type { Task } from "./tasks/task.ts";
import type { TranslateOptions } from "./translation/cleaning.ts";
import { type LanguageIdentifier, offTarget } from "./translation/off-target.ts";
import { balanced, byDirection, translateHints, translateNames, translations } from "./translation/translation.ts";

export type ProbeSize = {
  /** Maximum number of items: pairs in all, tasks per family, or requests of each kind. */
  readonly limit?: number;
};

/** The text that should stay likely: `textSamples`, `chatSamples` or any other samples. */
export type ForgettingText = { readonly on: readonly Sample[] };

type Numbers = Readonly<Record<string, number | undefined>>;

/** A probe with the numbers that `measure` returns, by name. NaN and undefined, which stand for "cannot be said", are left out of the row. */
export const probe = (
  name: string,
  measure: (model: ChatModel, training: TrainingTask | undefined) => Promise<Numbers>,
): Probe => ({
  name,
  measure: async (model, training) => {
    const numbers = Object.entries(await measure(model, training));
    return Object.fromEntries(numbers.filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
  },
});

/** The numbers of a part of an evaluation, whose answers the model's run keeps. */
async function numbersOf(model: ChatModel, { scores, items }: Part): Promise<Numbers> {
  await keepAnswers(model, items);
  const numbers = Object.entries(scores).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return Object.fromEntries(numbers);
}

/** The request of a pair, and its reference as the answer: what plain fine-tuning learns. */
const referenceSample = ({ instruction, reference }: Pair): Sample => ({
  prompt: [{ role: "user", content: instruction }],
  segments: [{ role: "translation", origin: "data", text: reference, weight: 1 }],
  endTurn: true,
});

export const probes = {
  /** `chrf` on held-out pairs, `chrf English→German` for each direction, and `translationCutOff`. `limit`: 16 by default. */
  translation: (pairs: readonly Pair[], options: ProbeSize & TranslateOptions = {}): Probe => {
    requireItems("probes.translation(…)", "pairs", pairs);
    requireKnown("probes.translation(…)", options, ["limit", ...translateNames], translateHints);
    const { limit = 16, ...translating } = options;
    const chosen = balanced(pairs, limit);
    return probe("translation", async (model) =>
      numbersOf(model, await translationPart(model, chosen, translating, undefined)),
    );
  },

  /** `general`, and one accuracy per group and family, as in `evaluate`. At most `limit` tasks of each family; all by default. */
  tasks: (list: readonly Task[], options: ProbeSize & AnswerLimit = {}): Probe => {
    requireItems("probes.tasks(…)", "tasks", list);
    requireKnown("probes.tasks(…)", options, ["limit", "maxTokens"], { max_new_tokens: "maxTokens" });
    const { limit = Infinity, ...answering } = options;
    const families = groupBy(list, ({ family }) => family);
    const chosen = [...families.values()].flatMap((family) => family.slice(0, limit));
    return probe("tasks", async (model) => {
      const part = await tasksPart(model, chosen, answering, undefined);
      const { forgetting: _, ...numbers } = await numbersOf(model, part);
      return numbers;
    });
  },

  /** `refusal`, `refusalJailbreak` and `overRefusal` of your requests, as in `evaluate`. At most `limit` of each kind; all by default. */
  refusals: (requests: RefusalRequests & ProbeSize & AnswerLimit): Probe => {
    checkRequests("probes.refusals(…)", requests, ["limit", "maxTokens"]);
    const { limit = Infinity, maxTokens, harmful, jailbreak = [], benign = [], ...deciding } = requests;
    const chosen = {
      harmful: harmful.slice(0, limit),
      jailbreak: jailbreak.slice(0, limit),
      benign: benign.slice(0, limit),
      ...deciding,
    };
    return probe("refusals", async (model) => numbersOf(model, await refusalsPart(model, chosen, { maxTokens })));
  },

  /** `crossEntropy` of texts or conversations in nats per token, and with a base its rise, `crossEntropyRise`. */
  text: (samples: readonly Sample[], options: { readonly base?: ChatModel } = {}): Probe => {
    requireItems("probes.text(…)", "samples", samples);
    requireKnown("probes.text(…)", options, ["base"]);
    const { base } = options;
    let before: number | undefined;
    return probe("text", async (model) => {
      // The value is stored and not the promise: a run that is stopped while it waits must not break the probe for others.
      if (base) before ??= await crossEntropy(base, samples);
      const { crossEntropy: now, crossEntropyRise } = await numbersOf(model, await textPart(model, samples, before));
      return { crossEntropy: now, ...(base && { crossEntropyRise }) };
    });
  },

  /** `heldOut`: the mean NLL per token, in nats, of the references of held-out pairs, or of the targets of samples. `limit`: all by default. */
  heldOut: (data: readonly (Pair | Sample)[], options: ProbeSize = {}): Probe => {
    requireItems("probes.heldOut(…)", "pairs or samples", data);
    requireKnown("probes.heldOut(…)", options, ["limit"]);
    const samples = data
      .slice(0, options.limit ?? data.length)
      .map((each) => ("segments" in each ? each : referenceSample(each)));
    return probe("held-out", async (model) => ({ heldOut: await crossEntropy(model, samples) }));
  },

  /** `offTarget`: the share of translations in another language than asked for; `undetermined`: the share whose language is unclear. */
  offTarget: (
    pairs: readonly Pair[],
    options: ProbeSize & TranslateOptions & { readonly identifier: LanguageIdentifier },
  ): Probe => {
    requireItems("probes.offTarget(…)", "pairs", pairs);
    requireKnown("probes.offTarget(…)", options, ["limit", "identifier", ...translateNames], translateHints);
    const { limit = 16, identifier, ...translating } = options;
    return probe("off-target", async (model) => {
      const chosen = balanced(pairs, limit);
      const found = await translations(model, chosen, translating);
      const texts = found.map(({ text }) => text);
      const { rate, undetermined } = offTarget(texts, chosen, identifier);
      const items = offTargetItems(byDirection(found), identifier);
      await keepAnswers(model, items ? { offTarget: items } : {});
      return { offTarget: rate, undetermined, translationCutOff: cutOffShare(found) };
    });
  },

  /** `refusal` of harmful requests, `refusalJailbreak` of the same in jailbreak templates, `overRefusal` of harmless requests. */
  refusalSurvey: (options: SurveyOptions): Probe => {
    requireItems("probes.refusalSurvey(…)", "harmful", options.harmful);
    return probe("refusal survey", async (model) => {
      const { raw, jailbreak, overRefusal, cutOff, rows } = await refusalSurvey(model, options);
      const of = (kind: string) => rows.filter(({ set }) => set.split(" ")[0] === kind);
      await keepAnswers(model, {
        refusal: refusedItems(of("raw"), "higher"),
        refusalJailbreak: refusedItems(of("jailbreak"), "higher"),
        overRefusal: refusedItems(of("benign"), "lower"),
      });
      return { refusal: raw, refusalJailbreak: jailbreak, overRefusal, refusalsCutOff: cutOff };
    });
  },

  /** `crossEntropyRise` of the text over the base, in nats per token. */
  forgetting: (base: ChatModel, { on }: ForgettingText): Probe => {
    requireItems("probes.forgetting(base, { on })", "on", on);
    let before: number | undefined;
    return probe("forgetting", async (model) => {
      // The value is stored and not the promise: a run that is stopped while it waits must not break the probe for others.
      before ??= await crossEntropy(base, on);
      return { crossEntropyRise: (await crossEntropy(model, on)) - before };
    });
  },

  /**
   * `divergence`: KL(base ‖ model) in nats per token, on `limit` (default: 32) of the samples that the run trains on, an early warning
   * of forgetting (https://arxiv.org/abs/2509.04259); or on the samples in `on`. Only the given references and answers count, not what
   * a model wrote, so trainings with and without rationales can be compared.
   */
  divergence: (base: ChatModel, options: Partial<ForgettingText> & ProbeSize = {}): Probe => {
    requireKnown("probes.divergence(base, …)", options, ["on", "limit"]);
    const { on, limit = on ? Infinity : 32 } = options;
    if (on) requireItems("probes.divergence(base, { on })", "on", on);
    return probe("divergence", async (model, training) => {
      if (on) return { divergence: await meanDivergence(base, model, on.slice(0, limit)) };
      if (!training)
        throw new Error(
          "probes.divergence(base) measures on the samples of a run of train(…). Give it others as { on }.",
        );
      return { divergence: await meanDivergence(base, model, await training.samples(limit), training.maxLength) };
    });
  },

  /** `exactMatch`: the accuracy of freely written answers; also one accuracy per family, and `exactMatchCutOff`. */
  exactMatch: (list: readonly Task[], options: ExactMatchOptions = {}): Probe => {
    requireItems("probes.exactMatch(…)", "tasks", list);
    return probe("exact match", async (model) => {
      const { accuracy, byFamily, cutOff, graded } = await exactMatch(model, list, options);
      await keepAnswers(model, { exactMatch: { kind: "graded", graded } });
      return { exactMatch: accuracy, ...byFamily, exactMatchCutOff: cutOff };
    });
  },

  /** `acc`, `accNorm` and `accBytes`: the accuracy of the most likely choice, in all, per character and per byte. */
  multipleChoice: (list: readonly Task[]): Probe => {
    requireItems("probes.multipleChoice(…)", "tasks", list);
    return probe("multiple choice", async (model) => {
      const { acc, accNorm, accBytes } = await multipleChoice(model, list);
      await keepAnswers(model, { acc: { kind: "graded", graded: acc.graded } });
      return { acc: acc.accuracy, accNorm: accNorm.accuracy, accBytes: accBytes.accuracy };
    });
  },

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
