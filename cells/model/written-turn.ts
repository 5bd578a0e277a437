/**
 * The assistant's turn as the template writes it. Templates may trim the text, or take a think block out of it and write it
 * in their own way, so the conversation is rendered with the text in it and the text is looked for in the result.
 */
import type { Message } from "../types.ts";
import type { ChatTokenizer } from "./tokenizer.ts";
import { thoughtAtEnd } from "./turn-format.ts";

export type WrittenTurn = {
  /** The rendered conversation up to the assistant's text. */
  readonly before: string;
  /** The length of what the model reads before it answers. White space after it is the model's own to write. */
  readonly given: number;
  /** The parts of the text as the template writes them. */
  readonly texts: readonly string[];
  /** What ends the turn; "" if it does not end. */
  readonly trail: string;
};

/**
 * @param state an open turn goes on, so that the white space at its end stays
 * @throws if the template rewrites the text
 */
export function writtenTurn(
  tokenizer: ChatTokenizer,
  messages: readonly Message[],
  texts: readonly string[],
  state: "open" | "ended",
): WrittenTurn {
  const content = texts.join("");
  const prompt = tokenizer.render(messages);
  const trail = state === "ended" ? tokenizer.trailText : "";
  const written = tokenizer.renderWhole([...messages, { role: "assistant", content }]);
  const hasThought = content.includes("</think>");
  const bare = prompt.replace(thoughtAtEnd, "");
  if (tokenizer.leavesOutThoughts) {
    // Complete turns have no think block in this template; the text follows the prompt that the model answers.
    if (hasThought) return { before: bare, given: bare.length, texts, trail };
    const parts = asWritten(written.slice(common(written, bare)), texts, tokenizer, state);
    if (parts) return { before: prompt + tokenizer.lead, given: (prompt + tokenizer.lead).length, texts: parts, trail };
  }
  const before = prompt + tokenizer.lead;
  const given = tokenizer.lead.trim() === "" ? prompt.length : before.length;
  if (!hasThought && written.startsWith(before)) {
    const parts = asWritten(written.slice(before.length), texts, tokenizer, state);
    if (parts) return { before, given, texts: parts, trail };
  }
  const from = common(written, bare);
  const at = content.trim() === "" ? -1 : written.indexOf(content.trim(), from);
  const start = at - (content.length - content.trimStart().length);
  for (const place of at < 0 ? [] : [start, at]) {
    const parts = place < from ? undefined : asWritten(written.slice(place), texts, tokenizer, state);
    if (parts) return { before: written.slice(0, place), given: place, texts: parts, trail };
  }
  throw new Error(
    `The chat template of the model rewrites the assistant's text "${content.slice(0, 60)}": its turn is ` +
      `"${written.slice(from).slice(0, 100)}". Write the text as the template does, put another chat_template.jinja beside the model, ` +
      'or load it with chatModel(…, { encoding: "pieces" }).',
  );
}

/** The parts as they are at the beginning of `rest`: whole, or without the white space at the edges of the text. */
function asWritten(
  rest: string,
  texts: readonly string[],
  tokenizer: ChatTokenizer,
  state: "open" | "ended",
): readonly string[] | undefined {
  const forms = [texts, trimmed(texts, "at the start"), trimmed(texts, "at both ends")];
  if (state === "ended") return forms.find((parts) => rest.startsWith(parts.join("") + tokenizer.trailText));
  // An open turn keeps the white space at its end, which the template may remove from a complete one.
  return forms.slice(0, 2).find((parts) => rest.startsWith(parts.join("").trimEnd()));
}

/** Without the white space before the text and, if asked, after it. */
function trimmed(texts: readonly string[], where: "at the start" | "at both ends"): string[] {
  const parts = [...texts];
  for (let at = 0; at < parts.length; at += 1) {
    parts[at] = parts[at]!.trimStart();
    if (parts[at] !== "") break;
  }
  for (let at = parts.length - 1; at >= 0 && where === "at both ends"; at -= 1) {
    parts[at] = parts[at]!.trimEnd();
    if (parts[at] !== "") break;
  }
  return parts;
}

/** The length of the text with which both begin. */
function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
