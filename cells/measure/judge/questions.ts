/**
 * Questions to be judged and a model's answers to them. MT-Bench's file has one per line, with one or two `turns` and, for
 * some, a `reference`; AlpacaEval's is a list of `instruction`s.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { isRecord } from "../../json.ts";
import type { Message } from "../../types.ts";

export type JudgeQuestion = {
  readonly id: string;
  readonly category: string;
  /** One or two things that the user says. */
  readonly turns: readonly string[];
  /** A right answer for each turn, where there is such a thing. */
  readonly reference?: readonly string[];
  /** The answer of another system that the file holds, AlpacaEval's `output`: the baseline of a contest. */
  readonly baseline?: JudgedAnswer;
};

/** The model's answer to each turn. */
export type JudgedAnswer = readonly string[];

/** @throws as `bad` says. */
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
    throw new BadRowError('"turns" is no list of one or two texts');
  const reference = isRecord(row) ? row.reference : undefined;
  return { ...named, turns, ...(isTexts(reference) && reference.length >= turns.length && { reference }) };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string" && each.trim() !== "");

/** The model's greedy answers, turn by turn: the second question is asked after the model's own first answer. */
export async function judgedAnswers(
  model: ChatModel,
  questions: readonly JudgeQuestion[],
  { maxTokens = 512 }: { readonly maxTokens?: number } = {},
): Promise<JudgedAnswer[]> {
  const histories: Message[][] = questions.map(() => []);
  for (const turn of [0, 1]) {
    const asked = [...questions.keys()].filter((i) => questions[i]!.turns[turn] !== undefined);
    for (const i of asked) histories[i]!.push({ role: "user", content: questions[i]!.turns[turn]! });
    const prompts = asked.map((i) => ({ messages: [...histories[i]!] }));
    const answers = await model.generate(prompts, { maxTokens, label: `answers, turn ${turn + 1}` });
    for (const [at, i] of asked.entries()) histories[i]!.push({ role: "assistant", content: answers[at]!.text });
  }
  return histories.map((history) => history.filter(({ role }) => role === "assistant").map(({ content }) => content));
}
