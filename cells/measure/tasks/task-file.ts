/**
 * Reads tasks, one per line: `{"family": "capital", "question": "…", "answer": "…"}`. With choices it is
 * `{"question": "…", "choices": ["…", "…"], "answer": 1}`; the answer is the index from 0, the letter or the text of a choice. GSM8K's
 * file has this form too: read it with `match: "lastNumber"`.
 */
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { requireKnown } from "../../options.ts";
import type { AnswerTask, Match } from "./task.ts";

export type TaskFileOptions = {
  readonly format?: RecordFormat;
  readonly bad?: BadRows;
  /** The family of rows that do not name one. Default: `all`. */
  readonly family?: string;
  /** How answers are compared. Default: `exact`. */
  readonly match?: Match;
};

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
export async function taskFile(path: string, options: TaskFileOptions = {}): Promise<Reading<AnswerTask>> {
  requireKnown("taskFile(…)", options, ["format", "bad", "family", "match"]);
  const { format, bad, family, match } = options;
  const read = (row: unknown): AnswerTask[] => [{ ...taskOf(row, family), ...(match !== undefined && { match }) }];
  return readRows(path, await recordsOf(path, format), read, bad);
}

function taskOf(row: unknown, defaultFamily = "all"): AnswerTask {
  const question = textField(row, "question");
  const family = field(row, "family");
  const choices = field(row, "choices");
  const named = {
    family: typeof family === "string" ? family : defaultFamily,
    prompt: [{ role: "user", content: question } as const],
  };
  if (choices === undefined) return { ...named, answer: textField(row, "answer") };
  if (
    !Array.isArray(choices) ||
    choices.length < 2 ||
    !choices.every((each) => typeof each === "string" && each.trim() !== "")
  )
    throw new BadRowError('"choices" is not a list of two or more strings');
  const texts = choices as string[];
  const given = field(row, "answer");
  const letter = typeof given === "string" && /^[A-Z]$/.test(given) ? given.charCodeAt(0) - 65 : undefined;
  const place =
    typeof given === "number" ? given : texts.includes(String(given)) ? texts.indexOf(String(given)) : letter;
  const answer = place === undefined ? undefined : texts[place];
  if (answer === undefined) throw new BadRowError('"answer" is not one of the choices');
  return { ...named, answer, choices: texts };
}
