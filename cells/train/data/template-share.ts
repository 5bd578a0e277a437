/**
 * How much of what a sample teaches is text of the chat template, such as an empty block of thoughts before the answer. The end of
 * the turn does not count: a model must learn to write it.
 */
import type { EncodedSample } from "../../model/encoding.ts";
import type { ChatTokenizer } from "../../model/tokenizer.ts";
import type { Sample } from "../../types.ts";

/** Tokens that are targets, and how many of them are template. */
export type TemplateShare = { readonly targets: number; readonly template: number };

export function templateShare(tokenizer: ChatTokenizer, sample: Sample, { ids, spans }: EncodedSample): TemplateShare {
  const end = sample.endTurn ? tokenizer.trail.length : 0;
  const own = spans.filter(({ from }) => from < ids.length - end);
  const targets = own.reduce((sum, { from, to }) => sum + Math.min(to, ids.length - end) - from, 0);
  const decoded = own.map(({ from, to }) => tokenizer.decode(ids.slice(from, Math.min(to, ids.length - end)), "with special"));
  const learnt = sample.segments.filter(({ weight }) => weight !== 0).map(({ text }) => text);
  const [written, wanted] = [decoded.join(""), learnt.join("")].map((text) => text.replace(/\s/g, "").length) as [number, number];
  if (targets === 0 || written <= wanted) return { targets, template: 0 };
  return { targets, template: Math.round((targets * (written - wanted)) / written) };
}
