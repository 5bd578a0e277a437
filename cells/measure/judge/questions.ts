/**
 * The questions for a judge, and a model's answers to them. MT-Bench's file has one question per line with one or two `turns` and
 * sometimes a `reference`; AlpacaEval's file is a list of `instruction`s.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { isRecord } from "../../json.ts";
import type { Message } from "../../types.ts";
import { type Answer, ask, warnOfCutOffs } from "../answers.ts";

export type JudgeQuestion = {
  readonly id: string;
  readonly category: string;
  /** The user's one or two turns. */
  readonly turns: readonly string[];
  /** A right answer for each turn, if the file has one. */
  readonly reference?: readonly string[];
  /** The answer of another system, AlpacaEval's `output`: the baseline of a contest. */
  readonly baseline?: JudgedAnswer;
};

/** The model's answer to each turn. */
export type JudgedAnswer = readonly string[];

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
export async function judgeQuestionFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<JudgeQuestion>> {
  let count = 0;
  const read = (row: unknown): JudgeQuestion[] => {
    count += 1;
    return [questionOf(row, count)];
  };
  return readRows(path, await recordsOf(path, format), read, bad);
}

function questionOf(row: unknown, place: number): JudgeQuestion {
  const id = String(field(row, "question_id") ?? place);
  const category = field(row, "category") ?? field(row, "dataset");
  const named = { id, category: typeof category === "string" ? category : "all" };
  const turns = field(row, "turns");
  if (turns === undefined) {
    const output = field(row, "output");
    const baseline = typeof output === "string" && output !== "" && { baseline: [output] };
    return { ...named, turns: [textField(row, "instruction")], ...baseline };
  }
  if (!isTexts(turns) || turns.length === 0 || turns.length > 2)
    throw new BadRowError('"turns" is not a list of one or two strings');
  const reference = isRecord(row) ? row.reference : undefined;
  return { ...named, turns, ...(isTexts(reference) && reference.length >= turns.length && { reference }) };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string" && each.trim() !== "");

/** The model's greedy answers, turn by turn. The second turn follows the model's own first answer. Warns in the console if answers were cut off. */
export async function judgedAnswers(
  model: ChatModel,
  questions: readonly JudgeQuestion[],
  { maxTokens = 512 }: { readonly maxTokens?: number } = {},
): Promise<JudgedAnswer[]> {
  const all: Answer[] = [];
  const histories: Message[][] = questions.map(() => []);
  for (const turn of [0, 1]) {
    const withTurn = [...questions.keys()].filter((i) => questions[i]!.turns[turn] !== undefined);
    for (const i of withTurn) histories[i]!.push({ role: "user", content: questions[i]!.turns[turn]! });
    const prompts = withTurn.map((i) => ({ messages: [...histories[i]!] }));
    const answers = await ask(model, prompts, { maxTokens, label: `answers, turn ${turn + 1}` });
    all.push(...answers);
    for (const [at, i] of withTurn.entries()) histories[i]!.push({ role: "assistant", content: answers[at]!.text });
  }
  warnOfCutOffs("answers", all);
  return histories.map((history) => history.filter(({ role }) => role === "assistant").map(({ content }) => content));
}
