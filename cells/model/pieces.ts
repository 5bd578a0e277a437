/**
 * Each part of the assistant's turn encoded separately, and the ids joined. So a reference followed by a rationale has the same tokens as
 * the reference alone. The ids differ from those of the whole conversation where a token would contain the end of one part
 * and the beginning of the next, and for tokenizers that write a space before each text.
 */
import type { Prompt } from "../contracts.ts";
import type { Sample } from "../types.ts";
import type { EncodedSample, Span } from "./encoded-sample.ts";
import type { ChatTokenizer } from "./tokenizer.ts";

export function piecesOfPrompt(tokenizer: ChatTokenizer, { messages, prefix = [] }: Prompt): number[] {
  return [...opening(tokenizer, messages), ...pieces(tokenizer, messages, prefix).flat()];
}

export function piecesOfSample(tokenizer: ChatTokenizer, sample: Sample): EncodedSample {
  const ids = opening(tokenizer, sample.prompt);
  const spans: Span[] = [];
  const encoded = pieces(
    tokenizer,
    sample.prompt,
    sample.segments.map(({ text }) => text),
  );
  for (const [index, { role, weight }] of sample.segments.entries()) {
    // The first token cannot be a target: there is no token before it.
    const from = Math.max(1, ids.length);
    ids.push(...encoded[index]!);
    if (weight !== 0 && ids.length > from) spans.push({ role, weight, from, to: ids.length });
  }
  const last = spans.at(-1);
  if (!last || !sample.endTurn) return { ids, spans, templateTargets: 0 };
  spans.push({ role: last.role, weight: last.weight, from: ids.length, to: ids.length + tokenizer.trail.length });
  ids.push(...tokenizer.trail);
  return { ids, spans, templateTargets: tokenizer.trail.length };
}

/** The rendered conversation. Plain text without turns begins with the tokenizer's beginning-of-sequence token, if it has one. */
function opening(tokenizer: ChatTokenizer, messages: Sample["prompt"]): number[] {
  if (messages.length > 0) return tokenizer.encode(tokenizer.render(messages));
  return tokenizer.begin === undefined ? [] : [tokenizer.begin];
}

function pieces(tokenizer: ChatTokenizer, messages: Sample["prompt"], texts: readonly string[]): number[][] {
  // Of what the template writes before an answer, a text without turns gets a space at most.
  const lead = messages.length > 0 || tokenizer.lead.trim() === "" ? tokenizer.lead : "";
  return texts.map((text, index) => tokenizer.encode(index === 0 ? lead + text : text));
}
