/**
 * What `evaluate` can be given, part by part, and the measures that each part adds to the result. The types follow the data: a
 * measure is in the type of the result only if its data were given.
 */
import type { Pair, Result, Sample } from "../../types.ts";
import type { RefusalRequests } from "../refusal/matrix.ts";
import type { Task } from "../tasks/task.ts";
import type { Clean } from "../translation/cleaning.ts";
import type { LanguageIdentifier } from "../translation/off-target.ts";

/** The data of each part; the comments name the measures that the part adds to the result. */
export type EvaluationData = {
  /** Held-out pairs, in one direction or several: `chrf`, the mean of the directions; `chrf English→German`, each direction. */
  readonly translation?: readonly Pair[];
  /** Further test sets by name, such as `{ orin }`: `orinChrf`. */
  readonly otherTranslations?: Readonly<Record<string, readonly Pair[]>>;
  /** Identifies the language of each translation: `offTarget`. Left out where it does not know the languages of the pairs. */
  readonly identifier?: LanguageIdentifier;
  /** `general`, one accuracy per group and per family, and `forgetting`: the base's `general` minus this model's. */
  readonly tasks?: readonly Task[];
  /** Further sets of tasks by name; each gives its accuracy under that name. */
  readonly otherTasks?: Readonly<Record<string, readonly Task[]>>;
  /** `refusal`, `refusalJailbreak`, `overRefusal` as far as their requests are given, and `refusalsBy`: the lists' titles. */
  readonly refusals?: RefusalRequests;
  /** Requests in further languages by name: `refusal German`, `overRefusal German`, … With a judge, `refusalJudged` and so on as well. */
  readonly otherRefusals?: Readonly<Record<string, RefusalRequests>>;
  /** Samples whose segments should stay likely: `crossEntropy` in nats per token, and its rise over the base, `crossEntropyRise`. */
  readonly text?: readonly Sample[];
  /**
   * Maximum numbers of tokens of answers. Defaults: translations by the length of their source, tasks 256, refusals 64. The shares of
   * answers that were cut off are in the result: `translationCutOff`, `tasksCutOff`, `refusalsCutOff`, and `<name>CutOff` of further sets.
   */
  readonly maxTokens?: { readonly translation?: number; readonly tasks?: number; readonly refusals?: number };
  /** Which part of an answer is the translation; by default its first line. */
  readonly clean?: Clean;
};

/** The measures of exactly those parts whose data were given. */
export type EvaluationResult<D extends EvaluationData> = Result &
  When<D, "translation", Scores<"chrf" | "translationCutOff">> &
  When<D, "tasks", Scores<"general" | "forgetting" | "tasksCutOff">> &
  When<D, "text", Scores<"crossEntropy" | "crossEntropyRise">> &
  (D extends { otherTranslations: infer T } ? Scores<`${keyof T & string}${"Chrf" | "CutOff"}`> : unknown) &
  (D extends { otherTasks: infer T } ? Scores<`${keyof T & string}${"" | "CutOff"}`> : unknown) &
  (D extends { refusals: infer R }
    ? Scores<RateOf[keyof R & keyof RateOf] | "refusalsCutOff"> & { readonly refusalsBy: string }
    : unknown);

type Scores<K extends string> = Readonly<Record<K, number>>;
type When<D, K extends string, S> = D extends Readonly<Record<K, object>> ? S : unknown;
type RateOf = { readonly [set in keyof typeof rateNames]: (typeof rateNames)[set] };
/** The measure of each set of requests. */
export const rateNames = { harmful: "refusal", jailbreak: "refusalJailbreak", benign: "overRefusal" } as const;
