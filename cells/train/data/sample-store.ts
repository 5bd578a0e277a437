/** Encoded samples in memory. Ids are 32-bit integers: a quarter of a million samples of 200 tokens take 200 MB, not 400. */
import type { EncodedSample, Span } from "../../model/encoded-sample.ts";

export class SampleStore {
  readonly #ids: Int32Array[] = [];
  readonly #spans: (readonly Span[])[] = [];

  get length(): number {
    return this.#ids.length;
  }

  add({ ids, spans }: EncodedSample): void {
    this.#ids.push(Int32Array.from(ids));
    this.#spans.push(spans);
  }

  at(index: number): EncodedSample {
    return { ids: Array.from(this.#ids[index]!), spans: this.#spans[index]! };
  }
}
