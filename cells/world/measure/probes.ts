/**
 * Probes with the world's own data, each about a second on one core. They use the first items of the test sets, so their values
 * are coarser than those of the full evaluation (`world.evaluation`) and differ from them.
 */
import type { ChatModel, Probe } from "../../contracts.ts";
import { refusedItems } from "../../measure/evaluation/refusals-part.ts";
import { keepAnswers } from "../../measure/evaluation/test-answers.ts";
import { answerSamples } from "../../measure/forgetting/cross-entropy.ts";
import { scoresOf } from "../../measure/forgetting/general.ts";
import { type ProbeSize, probe, probes } from "../../measure/probes.ts";
import type { RefusalList } from "../../measure/refusal/lists.ts";
import { ratesOf, refusalRows } from "../../measure/refusal/rates.ts";
import { gradedTasks } from "../../measure/tasks/grading.ts";
import type { Pair } from "../../types.ts";
import { testSets } from "../test-sets.ts";
import { worldTokens, worldTranslating } from "./limits.ts";
import { worldRefusals } from "./refusal-lists.ts";
import { generalTasks } from "./tasks.ts";
import { velanChatProbe } from "./velan-chat.ts";
import { worldLexicon } from "./world-lexicon.ts";

const expectedAnswers = (limit: number) => answerSamples(generalTasks(limit));

export const worldProbes = {
  /** `chrf` of translations between the world's languages, and of each direction; `limit` pairs in all. */
  translation: (pairs: readonly Pair[], size: ProbeSize = {}): Probe =>
    probes.translation(pairs, { ...worldTranslating, ...size }),

  /** `general`: the accuracy on general questions, at most `limit` of each family; also one score per group and per family. */
  general: ({ limit = 8 }: ProbeSize = {}): Probe =>
    probe("general", async (model) => {
      const graded = await gradedTasks(model, generalTasks(limit), { maxTokens: worldTokens.tasks });
      await keepAnswers(model, { general: { kind: "graded", graded } });
      return scoresOf(graded);
    }),

  /** `refusal` of harmful requests and `overRefusal` of harmless ones, at most `limit` of each, by the phrases of `lists`. */
  refusal: ({
    limit = 16,
    lists = [worldRefusals],
  }: ProbeSize & { readonly lists?: readonly RefusalList[] } = {}): Probe =>
    probe("refusal", async (model) => {
      const { harmful, benign } = testSets();
      const requests = {
        refusal: harmful.slice(0, limit),
        overRefusal: benign.slice(0, limit).map(({ prompt }) => prompt),
      };
      const rows = await refusalRows(model, requests, lists, { maxTokens: worldTokens.refusals });
      const of = (name: keyof typeof requests) => rows.filter(({ set }) => set === name);
      await keepAnswers(model, {
        refusal: refusedItems(of("refusal"), "higher"),
        overRefusal: refusedItems(of("overRefusal"), "lower"),
      });
      return ratesOf(["refusal", "overRefusal"], rows);
    }),

  /** `crossEntropyRise` on the right answers to general questions, at most `limit` of each family. */
  forgetting: (base: ChatModel, { limit = 8 }: ProbeSize = {}): Probe =>
    probes.forgetting(base, { on: expectedAnswers(limit) }),

  /** `divergence` from the base on the right answers to general questions, at most `limit` of each family. */
  divergence: (base: ChatModel, { limit = 8 }: ProbeSize = {}): Probe =>
    probes.divergence(base, { on: expectedAnswers(limit) }),

  /** `offTarget` and `undetermined` of translations between the world's languages. */
  offTarget: (pairs: readonly Pair[], { limit }: ProbeSize = {}): Probe =>
    probes.offTarget(pairs, { identifier: worldLexicon, ...worldTranslating, ...(limit !== undefined && { limit }) }),

  velanChat: velanChatProbe,
};
