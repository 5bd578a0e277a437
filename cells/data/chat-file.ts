/**
 * Conversations out of a user's files in the three forms in which chat data are published: Alpaca (`instruction`, `input`,
 * `output`), ShareGPT (`conversations` of `from` and `value`) and OpenAI's messages (`messages` of `role` and `content`).
 * A conversation is a system message or none, then user and assistant by turns, the assistant last.
 */
import { isRecord } from "../json.ts";
import type { Message, Role, Sample } from "../types.ts";
import type { Sides } from "./content.ts";
import { BadRowError, type BadRows, field, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { type RecordFormat, recordsOf } from "./records.ts";

export type Chat = readonly Message[];
export type ChatForm = "alpaca" | "sharegpt" | "messages";

export type ChatOptions = {
  /** By the names of the first record's fields unless given. */
  readonly form?: ChatForm;
  /** By the file's ending unless given. */
  readonly format?: RecordFormat;
  readonly bad?: BadRows;
};

/** @throws if the form cannot be told, or as `bad` says. */
export async function chatFile(path: string, { form, format, bad }: ChatOptions = {}): Promise<Reading<Chat>> {
  const rows = await recordsOf(path, format);
  const read = readers[form ?? formOf(path, rows)];
  return readRows(path, rows, (row) => [checked(read(row))], bad);
}

const marks: Readonly<Record<ChatForm, string>> = {
  messages: "messages",
  sharegpt: "conversations",
  alpaca: "instruction",
};

function formOf(path: string, rows: readonly RawRow[]): ChatForm {
  const first = rows.find((row) => "value" in row)?.value;
  const form = (Object.keys(marks) as ChatForm[]).find((each) => field(first, marks[each]) !== undefined);
  if (form !== undefined) return form;
  const names = Object.values(marks).join('", "');
  throw new Error(
    `${path} is no chat set that is known: its first record has none of "${names}". Give its form, or mend it.`,
  );
}

const readers: Readonly<Record<ChatForm, (row: unknown) => Message[]>> = {
  alpaca: (row) => {
    const input = field(row, "input");
    const asked =
      textField(row, "instruction") + (typeof input === "string" && input.trim() ? `\n\n${input.trim()}` : "");
    return [said("user", asked), said("assistant", textField(row, "output"))];
  },
  sharegpt: (row) => turnsOf(row, "conversations", "from", "value"),
  messages: (row) => turnsOf(row, "messages", "role", "content"),
};

const roles: Readonly<Record<string, Role>> = {
  system: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
};

const said = (role: Role, content: string): Message => ({ role, content });

function turnsOf(row: unknown, list: string, who: string, what: string): Message[] {
  const turns = field(row, list);
  if (!Array.isArray(turns)) throw new BadRowError(`"${list}" is no list of turns`);
  return turns.map((turn: unknown) => {
    const name = isRecord(turn) ? String(turn[who]) : "";
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (role === undefined) throw new BadRowError(`a turn is said by "${name}", neither user nor assistant`);
    return said(role, textField(turn, what));
  });
}

function checked(chat: Message[]): Chat {
  const turns = chat[0]?.role === "system" ? chat.slice(1) : chat;
  const stray = turns.findIndex(({ role }, i) => role !== (i % 2 === 0 ? "user" : "assistant"));
  if (stray >= 0)
    throw new BadRowError(`turn ${stray + 1} is the ${turns[stray]!.role}'s; user and assistant do not take turns`);
  if (turns.length === 0 || turns.length % 2 === 1) throw new BadRowError("the last turn is not the assistant's");
  return chat;
}

/** What is asked: each conversation up to its last user turn. */
export const chatPrompts = (from: readonly Chat[]): Message[][] => from.map((chat) => chat.slice(0, -1));

export type ChatSides = Sides & { readonly chat: Chat };

/** All that is said before the last answer, and that answer, as the two sides by which conversations are split, cleaned and checked for leaks. */
export const chatSides = (from: readonly Chat[]): ChatSides[] =>
  from.map((chat) => ({
    chat,
    source: chat
      .slice(0, -1)
      .map(({ content }) => content)
      .join("\n"),
    reference: chat.at(-1)?.content ?? "",
    from: "user",
    to: "assistant",
  }));

/** One sample for each assistant turn, all that was said before it as its prompt. */
export function chatSamples(from: readonly Chat[]): Sample[] {
  return from.flatMap((chat) =>
    chat.flatMap((message, at): Sample[] => {
      if (message.role !== "assistant") return [];
      const answer = { role: "answer", origin: "data", text: message.content, weight: 1 } as const;
      return [{ prompt: chat.slice(0, at), segments: [answer], endTurn: true }];
    }),
  );
}
