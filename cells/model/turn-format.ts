/**
 * What a chat template writes around the assistant's text. Palimpsest finds out by rendering one conversation with a marker as the
 * assistant's text, so it needs no list of known templates.
 */
import type { Message } from "../types.ts";
import type { Render } from "./chat-template.ts";

export type TurnFormat = {
  /** The text between the generation prompt and the assistant's text. */
  readonly lead: string;
  /** The text after the assistant's text, up to and including the first special token. */
  readonly trailText: string;
  /** The same as tokens. */
  readonly trail: readonly number[];
  /** The first special token after the assistant's text, if there is one. */
  readonly endOfTurn: number | undefined;
  /** What is written after the template's generation prompt, so that the model does not think: the rest of an empty think block. */
  readonly closing: string;
  /** Whether the generation prompt opens a think block that the template leaves out of complete turns. */
  readonly leavesOutThoughts: boolean;
};

const marker = "⟦marker⟧";

/** The end of a generation prompt that lets the model think. */
export const openThought = /<think>\s*$/;
/** The same, or an empty think block. */
export const thoughtAtEnd = /<think>\s*(<\/think>\s*)?$/;

/** @throws if the template does not write the assistant's text after its generation prompt. */
export function turnFormat(
  render: Render,
  thinking: "on" | "off",
  encode: (text: string) => number[],
  specialText: (id: number) => string | undefined,
  where: string,
): TurnFormat {
  const question: Message = { role: "user", content: "x" };
  const prompt = render([question], "generation prompt");
  const conversation = render([question, { role: "assistant", content: marker }], "last turn");
  const at = conversation.indexOf(marker);
  const bare = prompt.replace(openThought, "");
  const leavesOutThoughts = !conversation.startsWith(prompt) && bare !== prompt;
  if (!conversation.startsWith(leavesOutThoughts ? bare : prompt) || at < bare.length) {
    throw new Error(
      `The chat template of ${where} cannot be used: it does not write the assistant's turn after its generation prompt. ` +
        "Use a model whose template does, or put a chat_template.jinja that does beside the model.",
    );
  }
  const lead = leavesOutThoughts ? "" : conversation.slice(prompt.length, at);
  const closed = lead.includes("</think>") ? lead : "\n</think>\n\n";
  const closes = thinking === "off" && (lead.includes("</think>") || openThought.test(prompt));
  const rest = conversation.slice(at + marker.length);
  const after = encode(rest);
  const end = after.findIndex((id) => specialText(id) !== undefined);
  const endText = end < 0 ? undefined : specialText(after[end]!);
  return {
    lead: closes ? "" : leavesOutThoughts ? closed : lead,
    trail: end < 0 ? after : after.slice(0, end + 1),
    trailText: endText === undefined ? rest : rest.slice(0, rest.indexOf(endText) + endText.length),
    endOfTurn: end < 0 ? undefined : after[end],
    closing: closes ? closed : "",
    leavesOutThoughts,
  };
}
