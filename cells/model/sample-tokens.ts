/** A sample token by token, to look at, and the numbers of targets in many samples, to check before a training. */
import type { Sample, Segment } from "../types.ts";
import type { EncodedSample } from "./encoded-sample.ts";
import { encodeSample } from "./encoding.ts";
import type { ChatTokenizer } from "./tokenizer.ts";

/** A token with weight 0 is context: it is read, and not learnt. `part` says whether the template wrote it. */
export type SampleToken = {
  readonly token: number;
  readonly text: string;
  readonly role: Segment["role"] | undefined;
  readonly weight: number;
  readonly part: "text" | "template";
};

export function sampleTokens(tokenizer: ChatTokenizer, sample: Sample): SampleToken[] {
  const encoded = encodeSample(tokenizer, sample);
  const { ids, spans, templateTargets = 0 } = encoded;
  const templateFrom = ids.length - templateTargets;
  return ids.map((token, at) => {
    const span = spans.find(({ from, to }) => from <= at && at < to);
    const part = span && at < templateFrom ? "text" : "template";
    return { token, text: tokenizer.textOf(token), role: span?.role, weight: span?.weight ?? 0, part };
  });
}

export type TargetCounts = {
  readonly samples: number;
  readonly tokens: number;
  /** Tokens that are learnt. */
  readonly targets: number;
  /** Targets that the template writes, such as the end of a turn, and their share of all targets. */
  readonly templateTargets: number;
  readonly templateShare: number;
  readonly targetsByRole: Readonly<Record<string, number>>;
};

/** @param weight the factor on the loss of a role: targets whose weight is 0 with it do not count */
export function targetCounts(
  samples: readonly EncodedSample[],
  weight: (role: Segment["role"]) => number = () => 1,
): TargetCounts {
  let [tokens, targets, templateTargets] = [0, 0, 0];
  const byRole = new Map<string, number>();
  for (const { ids, spans, templateTargets: ofTemplate = 0 } of samples) {
    tokens += ids.length;
    for (const { role, from, to, ...span } of spans) {
      if (span.weight * weight(role) === 0) continue;
      targets += to - from;
      byRole.set(role, (byRole.get(role) ?? 0) + to - from);
      // The end of the turn is a span of its own, the last one.
      if (ofTemplate > 0 && from === ids.length - ofTemplate) templateTargets += to - from;
    }
  }
  return {
    samples: samples.length,
    tokens,
    targets,
    templateTargets,
    templateShare: targets === 0 ? 0 : templateTargets / targets,
    targetsByRole: Object.fromEntries(byRole),
  };
}
