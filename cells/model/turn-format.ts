/**
 * What a chat template writes around the assistant's text. Palimpsest finds out by rendering one conversation with a marker as the
 * assistant's text, so it needs no list of known templates.
 */
import type { Message } from "../types.ts";
import type { Render } from "./chat-template.ts";

export type TurnFormat = {
  /** The text between the generation prompt and the assistant's text. */
  readonly lead: string;
  /** The tokens after the assistant's text, up to and including the first special one. */
  readonly trail: readonly number[];
  /** The first special token after the assistant's text, if there is one. */
  readonly endOfTurn: number | undefined;
};

const marker = "⟦marker⟧";

/** @throws if the template does not write the assistant's text after its generation prompt. */
export function turnFormat(
  render: Render,
  encode: (text: string) => number[],
  isSpecial: (id: number) => boolean,
  where: string,
): TurnFormat {
  const question: Message = { role: "user", content: "x" };
  const prompt = render([question], "generation prompt");
  const conversation = render([question, { role: "assistant", content: marker }], "last turn");
  const at = conversation.indexOf(marker);
  if (!conversation.startsWith(prompt) || at < prompt.length) {
    throw new Error(
      `The chat template of ${where} cannot be used: it does not write the assistant's turn after its generation prompt. ` +
        "Use a model whose template does.",
    );
  }
  const after = encode(conversation.slice(at + marker.length));
  const end = after.findIndex(isSpecial);
  return {
    lead: conversation.slice(prompt.length, at),
    trail: end < 0 ? after : after.slice(0, end + 1),
    endOfTurn: end < 0 ? undefined : after[end],
  };
}
