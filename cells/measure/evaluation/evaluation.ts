/**
 * What an evaluation consists of: a flat result for tables and records, and the items behind it, measure by measure, so that
 * two evaluations can be compared item by item. Both are plain data: the cache and a cell's stored values can hold them.
 */
import type { SampleNll } from "../../contracts.ts";
import type { Result } from "../../types.ts";
import type { GradedTask } from "../tasks/graded-task.ts";
import type { TranslatedDirection } from "../translation/translation.ts";

export type Evaluation<R extends Result = Result> = {
  readonly result: R;
  /** By the name of the measure in `result`: `chrf`, `general`, `refusal`. */
  readonly items: Readonly<Record<string, MeasureItems>>;
};

export type Answered = { readonly prompt: string; readonly answer: string; readonly expected?: string };

export type FlagItems = MeasureItems & { readonly kind: "flags" };

/** The items of one measure. `kind` says how the score follows from them. */
export type MeasureItems =
  /** The score is the mean over directions of the corpus chrF. */
  | { readonly kind: "translations"; readonly directions: readonly TranslatedDirection[] }
  /** The score is the mean over families of the share of right answers. */
  | { readonly kind: "graded"; readonly graded: readonly GradedTask[] }
  /** The score is the share of items for which it is true; `better` says whether a high share is good. */
  | {
      readonly kind: "flags";
      readonly flags: readonly boolean[];
      readonly better: "higher" | "lower";
      /** What was asked and answered; absent in evaluations of your own making that do not say it. */
      readonly answers?: readonly Answered[];
    }
  /** The score is the mean over groups of the mean of their values; for translations, a group is a direction. */
  | {
      readonly kind: "values";
      readonly groups: readonly (readonly number[])[];
      readonly better: "higher" | "lower";
    }
  /** The score is the summed NLL ÷ the number of tokens, in nats. */
  | { readonly kind: "likelihoods"; readonly samples: readonly SampleNll[] };
