/**
 * Reads conversations in the three common formats of chat data: Alpaca (`instruction`, `input`, `output`), ShareGPT
 * (`conversations` with `from` and `value`) and OpenAI's messages (`messages` with `role` and `content`). A conversation may begin
 * with a system message; then user and assistant alternate, and the assistant has the last turn.
 */
import { isRecord } from "../json.ts";
import type { Message, Role, Sample } from "../types.ts";
import type { Sides } from "./content.ts";
import { BadRowError, type BadRows, field, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { type RecordFormat, recordsOf } from "./records.ts";

export type Conversation = readonly Message[];
export type ChatForm = "alpaca" | "sharegpt" | "messages";

export type ChatOptions = {
  /** Detected from the field names of the first record by default. */
  readonly form?: ChatForm;
  /** Detected from the file's extension by default. */
  readonly format?: RecordFormat;
  readonly bad?: BadRows;
};

/** @throws if the form is not recognised; for bad rows see `bad`. */
export async function chatFile(path: string, { form, format, bad }: ChatOptions = {}): Promise<Reading<Conversation>> {
  const rows = await recordsOf(path, format);
  const read = readers[form ?? formOf(path, rows)];
  return readRows(path, rows, (row) => [checked(read(row))], bad);
}

/** The field by which each form is recognised. */
const formFields: Readonly<Record<ChatForm, string>> = {
  messages: "messages",
  sharegpt: "conversations",
  alpaca: "instruction",
};

function formOf(path: string, rows: readonly RawRow[]): ChatForm {
  const first = rows.find((row) => "value" in row)?.value;
  const form = (Object.keys(formFields) as ChatForm[]).find((each) => field(first, formFields[each]) !== undefined);
  if (form !== undefined) return form;
  const names = Object.values(formFields).join('", "');
  throw new Error(
    `${path} has no known chat format: its first record has none of the fields "${names}". Give the option form, or fix the file.`,
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
  if (!Array.isArray(turns)) throw new BadRowError(`"${list}" is not a list of turns`);
  return turns.map((turn: unknown) => {
    const name = isRecord(turn) ? String(turn[who]) : "";
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (role === undefined) throw new BadRowError(`a turn has the unknown role "${name}"`);
    return said(role, textField(turn, what));
  });
}

function checked(conversation: Message[]): Conversation {
  const turns = conversation[0]?.role === "system" ? conversation.slice(1) : conversation;
  const wrong = turns.findIndex(({ role }, i) => role !== (i % 2 === 0 ? "user" : "assistant"));
  if (wrong >= 0)
    throw new BadRowError(
      `turn ${wrong + 1} has the role ${turns[wrong]!.role}, but user and assistant must alternate`,
    );
  if (turns.length === 0 || turns.length % 2 === 1) throw new BadRowError("the last turn is not the assistant's");
  return conversation;
}

/** The prompts: each conversation up to its last user turn. */
export const chatPrompts = (conversations: readonly Conversation[]): Message[][] =>
  conversations.map((conversation) => conversation.slice(0, -1));

export type ChatSides = Sides & { readonly chat: Conversation };

/** Two sides for splitting, cleaning and the leak check: all text before the last answer, and that answer. */
export const chatSides = (conversations: readonly Conversation[]): ChatSides[] =>
  conversations.map((chat) => ({
    chat,
    source: chat
      .slice(0, -1)
      .map(({ content }) => content)
      .join("\n"),
    reference: chat.at(-1)?.content ?? "",
    from: "user",
    to: "assistant",
  }));

/** One sample for each assistant turn; its prompt is everything before the turn. */
export function chatSamples(conversations: readonly Conversation[]): Sample[] {
  return conversations.flatMap((conversation) =>
    conversation.flatMap((message, at): Sample[] => {
      if (message.role !== "assistant") return [];
      const answer = { role: "answer", origin: "data", text: message.content, weight: 1 } as const;
      return [{ prompt: conversation.slice(0, at), segments: [answer], endTurn: true }];
    }),
  );
}
