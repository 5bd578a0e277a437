/**
 * The forms in which conversations are published, as functions from a record to messages. The text of a turn is kept as it is: code
 * begins with spaces.
 */
import { isRecord } from "../json.ts";
import type { Message, Role } from "../types.ts";
import { BadRowError, field } from "./reading.ts";

/**
 * `alpaca`: a question in `instruction` or `question` (and `input` or `context`), an answer in `output`, `response` or `answer`;
 * `completion`: `prompt` with `completion` or `response`, each a text or a list of turns; `sharegpt` and `messages`: a list of turns,
 * each with `from` and `value`, or `role` and `content`.
 */
export type ChatForm = "alpaca" | "completion" | "sharegpt" | "messages";

/** The fields of a list of turns, and of a question and an answer. The first one that a record has counts. */
const turnLists = ["messages", "conversations", "conversation"] as const;
const questions = ["instruction", "question"] as const;
const inputs = ["input", "context"] as const;
const outputs = ["output", "response", "answer", "completion"] as const;
const systems = ["system", "system_prompt"] as const;

/** The form of a record. @throws if it has none */
export function formOf(path: string, record: unknown): ChatForm {
  if (first(record, turnLists)) return field(record, "messages") === undefined ? "sharegpt" : "messages";
  if (field(record, "prompt") !== undefined && first(record, outputs)) return "completion";
  if (first(record, questions) && first(record, outputs)) return "alpaca";
  const fields = isRecord(record) ? `has the fields ${Object.keys(record).join(", ")}` : "is not a record";
  throw new Error(
    `${path} has no known chat format: its first record ${fields}. It needs a list of turns (${turnLists.join(", ")}), or a ` +
      `question and an answer (${questions.join(", ")} or prompt, with ${outputs.join(", ")}). Give the option form, or fix the file.`,
  );
}

/** The first of these fields that the record has, and its value. */
function first(
  record: unknown,
  names: readonly string[],
): { readonly name: string; readonly value: unknown } | undefined {
  const name = names.find((each) => field(record, each) !== undefined && field(record, each) !== null);
  return name === undefined ? undefined : { name, value: field(record, name) };
}

export const chatForms: Readonly<Record<ChatForm, (record: unknown) => Message[]>> = {
  alpaca: (record) => {
    const input = first(record, inputs);
    const asked = textOf(record, questions);
    const more = typeof input?.value === "string" && input.value.trim() !== "" ? `\n\n${input.value}` : "";
    return [
      ...system(record),
      ...history(record),
      said("user", asked + more),
      said("assistant", textOf(record, outputs)),
    ];
  },
  completion: (record) => {
    const [prompt, completion] = [field(record, "prompt"), first(record, outputs)];
    const asked = Array.isArray(prompt) ? turns("prompt", prompt) : [said("user", textOf(record, ["prompt"]))];
    const answered = Array.isArray(completion?.value)
      ? turns(completion.name, completion.value)
      : [said("assistant", textOf(record, outputs))];
    return withSystem(record, [...asked, ...answered]);
  },
  sharegpt: (record) => turnList(record),
  messages: (record) => turnList(record),
};

function turnList(record: unknown): Message[] {
  const list = first(record, turnLists);
  if (!list || !Array.isArray(list.value))
    throw new BadRowError(`"${list?.name ?? "messages"}" is not a list of turns`);
  return withSystem(record, turns(list.name, list.value));
}

const said = (role: Role, content: string): Message => ({ role, content });

/** The text of a field beside the conversation. An empty one says nothing. */
function system(record: unknown): Message[] {
  const tools = field(record, "tools");
  if (tools !== undefined && tools !== null && tools !== "" && !(Array.isArray(tools) && tools.length === 0))
    throw new BadRowError('it has "tools", which conversations cannot have here');
  const given = first(record, systems);
  if (!given) return [];
  if (typeof given.value !== "string") throw new BadRowError(`"${given.name}" is not a string`);
  return given.value.trim() === "" ? [] : [said("system", given.value)];
}

function withSystem(record: unknown, list: Message[]): Message[] {
  const before = system(record);
  if (before.length > 0 && list[0]?.role === "system")
    throw new BadRowError("it has a system message twice: in a field and as a turn");
  return [...before, ...list];
}

/** Alpaca's earlier turns: a list of questions with their answers. */
function history(record: unknown): Message[] {
  const list = field(record, "history");
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new BadRowError('"history" is not a list');
  return list.flatMap((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((text) => typeof text === "string"))
      throw new BadRowError('"history" is not a list of questions with their answers');
    return [said("user", pair[0] as string), said("assistant", pair[1] as string)];
  });
}

const roles: Readonly<Record<string, Role>> = {
  system: "system",
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
  bot: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
};

function turns(name: string, list: readonly unknown[]): Message[] {
  return list.map((turn, i) => {
    if (!isRecord(turn)) throw new BadRowError(`turn ${i + 1} of "${name}" is not a record`);
    const who = first(turn, ["role", "from"]);
    if (!who) throw new BadRowError(`turn ${i + 1} has no "role" and no "from"`);
    const role = Object.hasOwn(roles, String(who.value)) ? roles[String(who.value)] : undefined;
    if (role === undefined) throw new BadRowError(`a turn has the unknown role "${who.value}"`);
    for (const tool of ["tool_calls", "function_call"])
      if (turn[tool] !== undefined && turn[tool] !== null)
        throw new BadRowError(`turn ${i + 1} has "${tool}", which turns cannot have here`);
    if (turn.weight === 0) throw new BadRowError(`turn ${i + 1} has the weight 0, which turns cannot have here`);
    const what = first(turn, ["content", "value"]);
    if (!what) throw new BadRowError(`turn ${i + 1} has no "content" and no "value"`);
    const text = contentOf(what.name, what.value);
    // A model can be given an empty system message; no other turn can be empty.
    if (role !== "system" && text.trim() === "") throw new BadRowError(`"${what.name}" is empty`);
    return said(role, text);
  });
}

/** A text, or a list of parts that are texts. */
function contentOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) throw new BadRowError(`"${name}" is not a string`);
  return value
    .map((part: unknown) => {
      const text = isRecord(part) && (part.type === undefined || part.type === "text") ? part.text : part;
      if (typeof text === "string") return text;
      const kind = isRecord(part) ? part.type : typeof part;
      throw new BadRowError(`"${name}" has a part of the type "${kind}"; only text can be read`);
    })
    .join("");
}

function textOf(record: unknown, names: readonly string[]): string {
  const found = first(record, names);
  if (!found) throw new BadRowError(`"${names[0]}" is missing`);
  if (typeof found.value !== "string") throw new BadRowError(`"${found.name}" is not a string`);
  if (found.value.trim() === "") throw new BadRowError(`"${found.name}" is empty`);
  return found.value;
}
