/**
 * Reads tasks, one per line: `{"family": "capital", "question": "…", "answer": "…"}`. With choices it is
 * `{"question": "…", "choices": ["…", "…"], "answer": 1}`; the answer is the index from 0, the letter or the text of a choice. Without
 * choices, it may be a list of right answers. The files of MMLU and GSM8K have this form (read GSM8K's with `match: "lastNumber"`);
 * those of ARC (`choices.text`, `answerKey`) and HellaSwag (`ctx`, `endings`, `label`) are read too.
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
  const question = textField(row, field(row, "endings") === undefined ? "question" : "ctx");
  const family = field(row, "family");
  const named = {
    family: typeof family === "string" ? family : defaultFamily,
    prompt: [{ role: "user", content: question } as const],
  };
  const choices = field(row, "choices.text") ?? field(row, "choices") ?? field(row, "endings");
  if (choices === undefined) return { ...named, ...rightAnswers(row) };
  if (
    !Array.isArray(choices) ||
    choices.length < 2 ||
    !choices.every((each) => typeof each === "string" && each.trim() !== "")
  )
    throw new BadRowError('"choices" is not a list of two or more strings');
  const texts = choices as string[];
  const answer = texts[placeOf(row, texts)];
  if (answer === undefined) throw new BadRowError('"answer" is not one of the choices');
  return { ...named, answer, choices: texts };
}

/** One right answer, or a list of them. */
function rightAnswers(row: unknown): Pick<AnswerTask, "answer" | "alsoRight"> {
  const given = field(row, "answer");
  if (!Array.isArray(given)) return { answer: textField(row, "answer") };
  const [answer, ...alsoRight] = given.map((text: unknown) => (typeof text === "string" ? text.trim() : ""));
  if (answer === undefined || [answer, ...alsoRight].includes(""))
    throw new BadRowError('"answer" is a list that is empty or has something else than text');
  return { answer, ...(alsoRight.length > 0 && { alsoRight }) };
}

/** The index of the right choice; -1 if there is no such choice. */
function placeOf(row: unknown, texts: readonly string[]): number {
  // HellaSwag's label is an index as a text, ARC's key one of the labels that its choices have.
  const label = field(row, "label");
  if (field(row, "endings") !== undefined && /^\d+$/.test(String(label))) return Number(label);
  const [labels, key] = [field(row, "choices.label"), field(row, "answerKey")];
  if (Array.isArray(labels)) return labels.indexOf(key);
  const given = field(row, "answer");
  if (typeof given === "number") return given;
  if (texts.includes(String(given))) return texts.indexOf(String(given));
  return typeof given === "string" && /^[A-Z]$/.test(given) ? given.charCodeAt(0) - 65 : -1;
}
