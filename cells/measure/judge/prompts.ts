/**
 * The prompts for a judge, in the form of MT-Bench (Zheng et al. 2023, https://arxiv.org/abs/2306.05685): an explanation, then the
 * result in double brackets. Grades depend on every word of the prompt. The built-in prompts have our own wording. To compare
 * grades with published ones, use the published prompts: `judgePrompts("judge_prompts.jsonl")` reads FastChat's file. Scores are
 * returned with the names of their prompts.
 */
import { BadRowError, field, readRows, textField } from "../../data/reading.ts";
import { recordsOf } from "../../data/records.ts";
import { fillTemplate, placeholders } from "../../data/template.ts";

/** The placeholders of a template are those of FastChat: `{question}`, `{answer}`, `{answer_a}`, `{question_1}`, `{ref_answer_1}`, … */
export type JudgePrompt = { readonly name: string; readonly system: string; readonly template: string };

/** By FastChat's names: for one answer or a pair, for the first or the second turn, with reference answers (`math`) or without. */
export type JudgePrompts = Readonly<Record<PromptName, JudgePrompt>>;

const names = [
  "single-v1",
  "single-v1-multi-turn",
  "single-math-v1",
  "single-math-v1-multi-turn",
  "pair-v2",
  "pair-v2-multi-turn",
  "pair-math-v1",
  "pair-math-v1-multi-turn",
] as const;
export type PromptName = (typeof names)[number];

const fair = "Judge impartially. Neither the length of an answer nor the order in which answers stand may count.";
const grade =
  'Explain your judgement in a few sentences. Then end with a grade from 1 (useless) to 10 (could not be better) in exactly this form: "Rating: [[5]]".';
const choice =
  'Compare the two in a few sentences. Then end with your verdict in exactly one of these forms: "[[A]]" if assistant A is better, "[[B]]" if assistant B is better, "[[C]]" if they are equally good.';
const matters =
  "What counts is whether the answer is correct, helpful and relevant, does what the user asked for, and is as detailed as it needs to be.";
const correct =
  "What counts is whether the answer is correct and helpful. A reference answer is given: compare with it first, and name the mistakes.";
const second = "Judge the answer to the user's second question; the first turn is there to be understood.";

const one = "[Question]\n{question}\n\n";
const reference = "[Reference answer]\n{ref_answer_1}\n[End of the reference answer]\n\n";
const answer = (title: string, name: string): string => `[${title}]\n{${name}}\n[End of ${title}]`;
const conversation = (title: string, first: string, then: string): string =>
  `[${title}]\nUser: {question_1}\n\nAssistant: {${first}}\n\nUser: {question_2}\n\nAssistant: {${then}}\n[End of ${title}]`;
const references = `${conversation("Reference conversation", "ref_answer_1", "ref_answer_2")}\n\n`;
const both = `${answer("Assistant A's answer", "answer_a")}\n\n${answer("Assistant B's answer", "answer_b")}`;
const bothConversations = `${conversation("Conversation with assistant A", "answer_a_1", "answer_a_2")}\n\n${conversation("Conversation with assistant B", "answer_b_1", "answer_b_2")}`;

const builtIn = (name: PromptName, system: string[], template: string): JudgePrompt => ({
  name: `palimpsest 1, after MT-Bench's ${name}`,
  system: [fair, ...system].join(" "),
  template,
});

export const builtInPrompts: JudgePrompts = {
  "single-v1": builtIn("single-v1", [matters, grade], one + answer("Answer", "answer")),
  "single-v1-multi-turn": builtIn(
    "single-v1-multi-turn",
    [matters, second, grade],
    conversation("Conversation", "answer_1", "answer_2"),
  ),
  "single-math-v1": builtIn("single-math-v1", [correct, grade], one + reference + answer("Answer", "answer")),
  "single-math-v1-multi-turn": builtIn(
    "single-math-v1-multi-turn",
    [correct, second, grade],
    references + conversation("Conversation", "answer_1", "answer_2"),
  ),
  "pair-v2": builtIn("pair-v2", [matters, choice], one + both),
  "pair-v2-multi-turn": builtIn("pair-v2-multi-turn", [matters, second, choice], bothConversations),
  "pair-math-v1": builtIn("pair-math-v1", [correct, choice], one + reference + both),
  "pair-math-v1-multi-turn": builtIn(
    "pair-math-v1-multi-turn",
    [correct, second, choice],
    references + bothConversations,
  ),
};

/**
 * Reads prompts from a file in FastChat's format: one record per line with `name`, `system_prompt` and `prompt_template`.
 * @throws if prompts are missing; the message names them
 */
export async function judgePrompts(path: string): Promise<JudgePrompts> {
  const read = readRows(path, await recordsOf(path, "jsonl"), (row) => {
    const template = field(row, "prompt_template");
    if (typeof template !== "string") throw new BadRowError('"prompt_template" is missing');
    const system = field(row, "system_prompt");
    return [{ name: textField(row, "name"), system: typeof system === "string" ? system : "", template }];
  });
  const found = new Map(read.items.map((prompt) => [prompt.name, prompt]));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new Error(
      `${path} lacks the prompts ${missing.join(", ")}. Use FastChat's judge_prompts.jsonl, or add them.`,
    );
  const title = path.replace(/^.*[/\\]/, "");
  return Object.fromEntries(
    names.map((name) => [name, { ...found.get(name)!, name: `${name} of ${title}` }]),
  ) as unknown as JudgePrompts;
}

/** @throws if a placeholder of the template has no value. */
export function fillPrompt({ name, template }: JudgePrompt, values: Readonly<Record<string, string>>): string {
  const missing = placeholders(template).find((placeholder) => !Object.hasOwn(values, placeholder));
  if (missing !== undefined)
    throw new Error(`The prompt "${name}" needs {${missing}}, but the questions and answers do not have it.`);
  return fillTemplate(template, values);
}
