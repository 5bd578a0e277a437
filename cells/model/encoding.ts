/**
 * A sample as the model sees it: token ids, and the spans of them that are targets. By default the whole conversation is encoded at
 * once, with the ids of transformers, and the parts of the turn are found again by their places. A token that contains template text
 * and a part belongs to the part; one that contains two parts belongs to the earlier. With `encoding: "pieces"` each part is encoded
 * separately (see `pieces.ts`).
 */
import type { Prompt } from "../contracts.ts";
import type { Sample } from "../types.ts";
import type { EncodedSample, Span } from "./encoded-sample.ts";
import { piecesOfPrompt, piecesOfSample } from "./pieces.ts";
import type { ChatTokenizer } from "./tokenizer.ts";
import { type WrittenTurn, writtenTurn } from "./written-turn.ts";

/** The conversation, then the prefix of the assistant's turn, if any. */
export function encodePrompt(tokenizer: ChatTokenizer, prompt: Prompt): number[] {
  const { messages, prefix = [] } = prompt;
  if (tokenizer.encoding === "pieces") return piecesOfPrompt(tokenizer, prompt);
  if (messages.length === 0) return [...tokenizer.around.before, ...tokenizer.encode(prefix.join(""))];
  if (prefix.join("") === "") return tokenizer.encode(tokenizer.render(messages));
  const { before, texts } = writtenTurn(tokenizer, messages, prefix, "open");
  return tokenizer.encode(before + texts.join(""));
}

/** @throws if the sample has no target token. */
export function encodeSample(tokenizer: ChatTokenizer, sample: Sample): EncodedSample {
  const encoded =
    tokenizer.encoding === "pieces" ? piecesOfSample(tokenizer, sample) : encodeJointly(tokenizer, sample);
  const textTargets = encoded.spans.reduce((sum, { from, to }) => sum + to - from, 0) - (encoded.templateTargets ?? 0);
  if (textTargets === 0) {
    const text = sample.segments.map((segment) => segment.text).join("");
    throw new Error(
      `The sample "${text}" has nothing to learn from: give at least one segment a text and a weight other than 0.`,
    );
  }
  return encoded;
}

function encodeJointly(tokenizer: ChatTokenizer, { prompt, segments, endTurn }: Sample): EncodedSample {
  const given = segments.map(({ text }) => text);
  const isPlain = prompt.length === 0;
  const turn: WrittenTurn = isPlain
    ? { before: "", given: 0, texts: given, trail: "" }
    : writtenTurn(tokenizer, prompt, given, endTurn ? "ended" : "open");
  const text = turn.before + turn.texts.join("") + turn.trail;
  const { ids: inner, places } = tokenizer.locate(text);
  const first = isPlain ? tokenizer.around.before : [];
  const last = isPlain && endTurn ? endOfText(tokenizer) : [];

  const ends: number[] = [];
  for (const { length } of turn.texts) ends.push((ends.at(-1) ?? turn.before.length) + length);
  /** The segment of a token; −1 for the template before the turn, `segments.length` for what is after it. */
  const owners = [
    ...first.map(() => -1),
    ...places.map(({ from, to }) => {
      if (Math.max(to, from + 1) <= turn.given) return -1;
      const owner = ends.findIndex((each, at) => from < each && turn.texts[at] !== "");
      return owner < 0 ? segments.length : owner;
    }),
    ...last.map(() => segments.length),
  ];
  const ids = [...first, ...inner, ...last];
  const spans: Span[] = [];
  let templateTargets = 0;
  const ending = segments.findLast(({ text, weight }) => text !== "" && weight !== 0);
  for (let from = 0; from < ids.length; ) {
    const owner = owners[from]!;
    let to = from;
    while (to < ids.length && owners[to] === owner) to += 1;
    // The first token cannot be a target: there is no token before it.
    const start = Math.max(1, from);
    const segment = segments[owner];
    if (segment && segment.weight !== 0 && to > start)
      spans.push({ role: segment.role, weight: segment.weight, from: start, to });
    // The end of the turn belongs to the last segment with a weight.
    if (owner === segments.length && ending) {
      spans.push({ role: ending.role, weight: ending.weight, from: start, to });
      templateTargets = to - start;
    }
    from = to;
  }
  return { ids, spans, templateTargets };
}

/** What ends a plain text: the tokenizer's own end, or its end-of-sequence token. */
function endOfText({ around, end, trail }: ChatTokenizer): readonly number[] {
  if (around.after.length > 0) return around.after;
  return end === undefined ? trail : [end];
}
