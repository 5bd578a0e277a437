/**
 * Reads conversations in the common formats of chat data: Alpaca and formats like it (a question and an answer in named fields, perhaps with
 * `input`, `system` and `history`), ShareGPT and OpenAI's messages (a list of turns), and TRL's `prompt` and `completion`. A conversation
 * may begin with a system message; then user and assistant alternate, and the assistant has the last turn. What a conversation has
 * beyond this, such as tools, makes it a bad row: it is not ignored.
 */
import { requireKnown } from "../options.ts";
import type { Message, Sample } from "../types.ts";
import { type ChatForm, chatForms, formOf } from "./chat-forms.ts";
import type { Sides } from "./content.ts";
import { BadRowError, type BadRows, type Reading, readRows } from "./reading.ts";
import { firstValue, type RecordFormat, recordsOf } from "./records.ts";

export type Conversation = readonly Message[];

export type ChatOptions = {
  /** Detected from the field names of the first record by default. */
  readonly form?: ChatForm;
  /** Detected from the file's extension by default. */
  readonly format?: RecordFormat;
  /**
   * What happens to turns of the assistant before the first question, and questions after the last answer, as ShareGPT's dumps have
   * them: `refuse` (the default) makes the conversation a bad row, `cut` leaves these turns out.
   */
  readonly ends?: "refuse" | "cut";
  readonly bad?: BadRows;
};

/** @throws if the form is not recognised; for bad rows see `bad`. */
export async function chatFile(path: string, options: ChatOptions = {}): Promise<Reading<Conversation>> {
  requireKnown("chatFile(…)", options, ["form", "format", "ends", "bad"]);
  const { form, format, ends = "refuse", bad } = options;
  const rows = await recordsOf(path, format);
  const read = chatForms[form ?? formOf(path, firstValue(rows))];
  return readRows(path, rows, (row) => [checked(ends === "cut" ? cut(read(row)) : read(row))], bad);
}

/** Without the assistant's turns before the first question, and the questions after the last answer. */
function cut(conversation: readonly Message[]): Message[] {
  const system = conversation.filter(({ role }, i) => role === "system" && i === 0);
  const turns = conversation.slice(system.length);
  const first = turns.findIndex(({ role }) => role === "user");
  const last = turns.findLastIndex(({ role }) => role === "assistant");
  return [...system, ...(first < 0 ? [] : turns.slice(first, last + 1))];
}

function checked(conversation: readonly Message[]): Conversation {
  const turns = conversation[0]?.role === "system" ? conversation.slice(1) : conversation;
  const way = '(read with ends: "cut" to leave it out)';
  if (turns.length === 0) throw new BadRowError("it has no question with an answer");
  if (turns[0]!.role === "assistant") throw new BadRowError(`the first turn is the assistant's ${way}`);
  const wrong = turns.findIndex(({ role }, i) => role !== (i % 2 === 0 ? "user" : "assistant"));
  if (wrong >= 0)
    throw new BadRowError(
      `turn ${wrong + 1} has the role ${turns[wrong]!.role}, but user and assistant must alternate`,
    );
  if (turns.length % 2 === 1) throw new BadRowError(`the last turn is not the assistant's ${way}`);
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
