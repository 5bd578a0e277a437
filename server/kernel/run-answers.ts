/**
 * The answers of tests in a run's folder, `answers/<measure>.jsonl`: a line that describes the test, then a line for each item. The
 * latest measurement replaces the one before. Long texts and long tests are shortened, so that a folder stays small.
 */
import { createHash } from "node:crypto";
import type { ItemAnswer, TestAnswers } from "../../cells/runs.ts";

/** In a run's folder. */
const ANSWERS = "answers";
/** The most items of a test, and the most characters of a text. */
export const MOST_ITEMS = 3000;
export const MOST_CHARACTERS = 1000;

export function answersFile(step: number, test: TestAnswers): { readonly path: string; readonly text: string } {
  const { measure, kind, better, items } = test;
  const kept = items.slice(0, MOST_ITEMS).map(shortened);
  const about = { measure, kind, better, step, items: items.length };
  return {
    path: `${ANSWERS}/${fileName(measure)}.jsonl`,
    text: [about, ...kept].map((each) => `${JSON.stringify(each)}\n`).join(""),
  };
}

function shortened({ prompt, expected, answer, score, group }: ItemAnswer): ItemAnswer {
  const short = (text: string): string =>
    text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
  return {
    prompt: short(prompt),
    ...(expected !== undefined && { expected: short(expected) }),
    answer: short(answer),
    score,
    ...(group !== undefined && { group }),
  };
}

/** Two measures have two names, on every file system. */
function fileName(measure: string): string {
  const word = measure.replace(/[^\w-]+/g, "-").slice(0, 60);
  if (word === measure && !/[A-Z]/.test(word)) return word;
  return `${word}-${createHash("sha256").update(measure).digest("hex").slice(0, 8)}`;
}
