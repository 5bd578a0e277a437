/**
 * Plain texts in blocks of equal length, as models are pre-trained: all texts one after the other, each followed by the end token,
 * cut every N tokens. A text may be in two blocks, and a token sees earlier texts of its block; the end token tells the model
 * where one ends. Nothing is left out: the last block is shorter.
 */
import type { EncodedSample, Span } from "../../model/encoded-sample.ts";

/** The role and weight of a token as a target; undefined for a token that is context only. */
type Target = Pick<Span, "role" | "weight"> | undefined;

export class TextBlocks {
  readonly #size: number;
  readonly #end: number;
  #ids: number[] = [];
  #targets: Target[] = [];

  /** @param end the token after each text */
  constructor(size: number, end: number) {
    this.#size = size;
    this.#end = end;
  }

  /**
   * @param first what the first token is as a target where another text precedes it; alone, it has nothing to be predicted from
   * @returns the blocks that are full now
   */
  add({ ids, spans }: EncodedSample, first: Target): EncodedSample[] {
    const targets: Target[] = ids.map(() => undefined);
    for (const { role, weight, from, to } of spans) targets.fill({ role, weight }, from, to);
    targets[0] ??= first;
    const last = spans.at(-1);
    this.#ids.push(...ids, this.#end);
    this.#targets.push(...targets, last && { role: last.role, weight: last.weight });
    const blocks: EncodedSample[] = [];
    while (this.#ids.length >= this.#size) blocks.push(...this.#cut(this.#size));
    return blocks;
  }

  /** The last, shorter block, if there is one. */
  rest(): EncodedSample[] {
    return this.#cut(this.#ids.length);
  }

  /** A block without a target is nothing to learn from. */
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
