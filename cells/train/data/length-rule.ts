/** What happens to samples that are longer than a training can take: they are cut, left out, or the training refuses to start. */
import type { EncodedSample } from "../../model/encoded-sample.ts";

export type Overlong = "truncate" | "drop" | "refuse";

export type LengthRule = {
  /** In tokens. */
  readonly limit: number;
  /** Where the limit comes from, for messages: `maxLength`, `packing`. */
  readonly reason: string;
  readonly overlong: Overlong;
};

/** `cut`: without its end, so without its end of turn too. `dropped`: it is left out, by the rule or since the cut left no target. */
export type Fitted = { readonly kind: "whole" | "cut"; readonly sample: EncodedSample } | { readonly kind: "dropped" };

/** @throws if the sample is too long and the rule is to refuse it. @param name of the sample in messages, such as `Sample 3 of 40` */
export function fitted(sample: EncodedSample, { limit, reason, overlong }: LengthRule, name: string): Fitted {
  const { length } = sample.ids;
  if (length <= limit) return { kind: "whole", sample };
  switch (overlong) {
    case "refuse":
      throw new Error(
        `${name} has ${length} tokens, but ${reason} allows ${limit}. ` +
          'To cut such samples, set overlong: "truncate"; to leave them out, set overlong: "drop".',
      );
    case "drop":
      return { kind: "dropped" };
    case "truncate": {
      const spans = sample.spans.flatMap((span) =>
        span.from < limit ? [{ ...span, to: Math.min(span.to, limit) }] : [],
      );
      if (spans.length === 0) return { kind: "dropped" };
      return { kind: "cut", sample: { ids: sample.ids.slice(0, limit), spans } };
    }
  }
}
