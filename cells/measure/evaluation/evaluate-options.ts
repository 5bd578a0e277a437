/** The options of `evaluate`, and their check: a part whose data are misspelt or empty would otherwise be left out without a word. */

import { requireItems } from "../../given.ts";
import { requireKnown } from "../../options.ts";
import { checkRequests } from "../refusal/matrix.ts";
import type { Evaluation } from "./evaluation.ts";
import type { EvaluationData } from "./evaluation-data.ts";

export type EvaluateOptions = EvaluationData & {
  /** The name of the model in results: `base`, `vanilla`, `radis`. */
  readonly method: string;
  /** The base's evaluation on the same data. Leave it out when you evaluate the base itself. */
  readonly base?: Evaluation;
  /** Stores the evaluation in the workspace and reads it from there when the same model is evaluated on the same data again. */
  readonly cache?: boolean;
};

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
export function checkOptions(options: EvaluateOptions): void {
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
