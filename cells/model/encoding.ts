/**
 * A sample as the model sees it: token ids, and the spans of them that are targets. Each piece of the assistant's turn is
 * encoded separately and the ids are joined. So a reference followed by a rationale has the same tokens as the reference alone,
 * and a prefix has the same tokens in generation as in training.
 */
import type { Prompt } from "../contracts.ts";
import type { Sample, Segment } from "../types.ts";
import type { ChatTokenizer } from "./tokenizer.ts";

/** Tokens `from` to `to` (exclusive) are targets with one role and weight. Token t is predicted at position t − 1. */
export type Span = {
  readonly role: Segment["role"];
  readonly weight: number;
  readonly from: number;
  readonly to: number;
};

export type EncodedSample = { readonly ids: readonly number[]; readonly spans: readonly Span[] };

/** The conversation, then the prefix of the assistant's turn, if any. */
export function encodePrompt(tokenizer: ChatTokenizer, prompt: Prompt): number[] {
  return [...opening(tokenizer, prompt.messages), ...pieces(tokenizer, prompt.prefix ?? []).flat()];
}

/** @throws if the sample has no target token. */
export function encodeSample(tokenizer: ChatTokenizer, sample: Sample): EncodedSample {
  const ids = opening(tokenizer, sample.prompt);
  const spans: Span[] = [];
  const encoded = pieces(
    tokenizer,
    sample.segments.map(({ text }) => text),
  );
  for (const [index, { role, weight }] of sample.segments.entries()) {
    // The first token cannot be a target: there is no token before it.
    const from = Math.max(1, ids.length);
    ids.push(...encoded[index]!);
    if (weight !== 0 && ids.length > from) spans.push({ role, weight, from, to: ids.length });
  }
  const last = spans.at(-1);
  if (!last) {
    const text = sample.segments.map((segment) => segment.text).join("");
    throw new Error(
      `The sample "${text}" has nothing to learn from: give at least one segment a text and a weight other than 0.`,
    );
  }
  if (sample.endTurn) {
    spans.push({ role: last.role, weight: last.weight, from: ids.length, to: ids.length + tokenizer.trail.length });
    ids.push(...tokenizer.trail);
  }
  return { ids, spans };
}

/** The rendered conversation. Plain text without turns begins with the tokenizer's beginning-of-sequence token, if it has one. */
function opening(tokenizer: ChatTokenizer, messages: Sample["prompt"]): number[] {
  if (messages.length > 0) return tokenizer.encode(tokenizer.render(messages));
  return tokenizer.begin === undefined ? [] : [tokenizer.begin];
}

function pieces(tokenizer: ChatTokenizer, texts: readonly string[]): number[][] {
  return texts.map((text, index) => tokenizer.encode(index === 0 ? tokenizer.lead + text : text));
}
