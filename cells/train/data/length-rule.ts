/** What happens to samples that are longer than a training takes: they are cut, left out, or the training does not start. */
import type { EncodedSample } from "../../model/encoded-sample.ts";

export type Overlong = "truncate" | "drop" | "refuse";

/** `maxLength` in tokens. */
export type LengthRule = { readonly maxLength: number; readonly overlong: Overlong };

/**
 * `cut`: without its end, and so without its end of turn. `dropped`: left out, by the rule or because the cut leaves no
 * target.
 */
export type Fitted = { readonly kind: "whole" | "cut"; readonly sample: EncodedSample } | { readonly kind: "dropped" };

/**
 * @param name of the sample in messages, such as `Sample 3 of 40`
 * @throws if the sample is too long and the rule is to refuse it
 */
export function fitted(sample: EncodedSample, { maxLength, overlong }: LengthRule, name: string): Fitted {
  const { length } = sample.ids;
  if (length <= maxLength) return { kind: "whole", sample };
  switch (overlong) {
    case "refuse":
      throw new Error(
        `${name} has ${length} tokens, but maxLength is ${maxLength}. ` +
          'To cut such samples, set overlong: "truncate"; to leave them out, set overlong: "drop".',
      );
    case "drop":
      return { kind: "dropped" };
    case "truncate": {
      const spans = sample.spans.flatMap((span) =>
        span.from < maxLength ? [{ ...span, to: Math.min(span.to, maxLength) }] : [],
      );
      if (spans.length === 0) return { kind: "dropped" };
      const templateTargets = Math.max(0, (sample.templateTargets ?? 0) - (length - maxLength));
      return { kind: "cut", sample: { ids: sample.ids.slice(0, maxLength), spans, templateTargets } };
    }
  }
}
