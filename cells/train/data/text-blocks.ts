/**
 * Plain texts in blocks of equal length, as models are pre-trained: all texts one after the other, each with its end
 * token, cut every N tokens. A text may be in two blocks, and a token sees the earlier texts of its block; the end token
 * tells the model where one ends. No text is left out: the last block is shorter.
 */
import type { EncodedSample, Span } from "../../model/encoded-sample.ts";

/** The role and weight of a token as a target; undefined for a token that is context only. */
type Target = Pick<Span, "role" | "weight"> | undefined;

export class TextBlocks {
  readonly #size: number;
  #ids: number[] = [];
  #targets: Target[] = [];

  /** @param size tokens of a block */
  constructor(size: number) {
    this.#size = size;
  }

  /** @param text with its end token. @returns the blocks that are full now */
  add({ ids, spans }: EncodedSample): EncodedSample[] {
    const targets: Target[] = ids.map(() => undefined);
    for (const { role, weight, from, to } of spans) targets.fill({ role, weight }, from, to);
    // Alone, the first token has nothing that it could be predicted from; here another text precedes it.
    const [first] = spans;
    targets[0] ??= first && { role: first.role, weight: first.weight };
    for (const id of ids) this.#ids.push(id);
    for (const target of targets) this.#targets.push(target);
    const blocks: EncodedSample[] = [];
    while (this.#ids.length >= this.#size) blocks.push(...this.#cut(this.#size));
    return blocks;
  }

  /** The last, shorter block, if there is one. */
  rest(): EncodedSample[] {
    return this.#cut(this.#ids.length);
  }

  /** A block without a target has nothing to learn from. */
  #cut(length: number): EncodedSample[] {
    const ids = this.#ids.splice(0, length);
    const spans = spansOf(this.#targets.splice(0, length));
    return spans.length === 0 ? [] : [{ ids, spans }];
  }
}

/** The first token of a block has nothing before it, so it is no target. */
function spansOf(targets: readonly Target[]): Span[] {
  const spans: { role: Span["role"]; weight: number; from: number; to: number }[] = [];
  for (const [at, target] of targets.entries()) {
    if (at === 0 || !target) continue;
    const open = spans.at(-1);
    if (open?.to === at && open.role === target.role && open.weight === target.weight) open.to += 1;
    else spans.push({ ...target, from: at, to: at + 1 });
  }
  return spans;
}
