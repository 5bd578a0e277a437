/**
 * Encodes all samples of a training before its first step, so that one that is too long, or has nothing to learn from,
 * does not end the training hours later. What is cut or left out is counted.
 */
import type { Method, PhaseControl } from "../../contracts.ts";
import { host } from "../../host.ts";
import type { EncodedSample } from "../../model/encoded-sample.ts";
import { encodeSample } from "../../model/encoding.ts";
import { type TargetCounts, targetCounts } from "../../model/sample-tokens.ts";
import type { ChatTokenizer } from "../../model/tokenizer.ts";
import type { Sample } from "../../types.ts";
import { fitted, type LengthRule } from "./length-rule.ts";
import { TextBlocks } from "./text-blocks.ts";

export type DataRules = LengthRule & {
  /** Tokens of a block of plain texts; undefined to leave each text by itself. */
  readonly blocks: number | undefined;
  /** Tokens of a packed row; undefined if it is not fixed. */
  readonly row: number | undefined;
};

/** What a training learns from, for its record. */
export type DataCounts = TargetCounts & { readonly truncated: number; readonly dropped: number };
export type EncodedData = {
  readonly samples: readonly EncodedSample[];
  readonly counts: DataCounts;
  /** What the user should know: samples that were cut, or targets that are not the user's text. */
  readonly alerts: readonly DataAlert[];
};
export type DataAlert = { readonly name: string; readonly message: string };

/** Samples that are encoded between two chances for other work. */
const AT_ONCE = 100;
const LARGEST_TEMPLATE_SHARE = 0.1;

/** @throws if nothing is learnt, or a sample does not fit; the message names the sample */
export async function encodedData(
  tokenizer: ChatTokenizer,
  method: Pick<Method, "samples" | "weight" | "divergence" | "knobs">,
  rules: DataRules,
  control: PhaseControl,
): Promise<EncodedData> {
  const given = method.samples;
  const samples: EncodedSample[] = [];
  const blocks = rules.blocks === undefined ? undefined : new TextBlocks(rules.blocks);
  let [truncated, dropped] = [0, 0];
  for (const [at, sample] of given.entries()) {
    if (at > 0 && at % AT_ONCE === 0) {
      control.progress("Encoding samples", at, given.length);
      await host().breathe();
      await control.pace();
    }
    const name = `Sample ${at + 1} of ${given.length}`;
    if (blocks && sample.prompt.length === 0) {
      samples.push(...blocks.add(encodedText(tokenizer, sample, name)));
      continue;
    }
    const found = fitted(encoded(tokenizer, sample, name), rules, name);
    if (found.kind === "cut") truncated += 1;
    if (found.kind === "dropped") dropped += 1;
    else samples.push(requireRow(found.sample, rules, name));
  }
  if (blocks) samples.push(...blocks.rest());
  const counts = { ...targetCounts(samples, weightOf(method)), truncated, dropped };
  requireTargets(counts, given.length, rules);
  const alerts = [...lengthAlerts(counts, given.length, rules), ...templateAlerts(counts, samples)];
  return { samples, counts, alerts };
}

function encoded(tokenizer: ChatTokenizer, sample: Sample, name: string): EncodedSample {
  try {
    return encodeSample(tokenizer, sample);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function encodedText(tokenizer: ChatTokenizer, sample: Sample, name: string): EncodedSample {
  const text = encoded(tokenizer, { ...sample, endTurn: true }, name);
  if ((text.templateTargets ?? 0) > 0) return text;
  throw new Error(
    "blocks: the tokenizer has no end token to put between two texts. Name one as eos_token in tokenizer_config.json.",
  );
}

function requireRow(sample: EncodedSample, { row }: DataRules, name: string): EncodedSample {
  const { length } = sample.ids;
  if (row === undefined || length <= row) return sample;
  throw new Error(
    `${name} has ${length} tokens, but a packed row has ${row}. Set packing to ${length} or more, or maxLength to ${row}.`,
  );
}

/** A weight that a knob may change later does not make its role unlearnt. */
function weightOf({ weight, divergence, knobs }: Pick<Method, "weight" | "divergence" | "knobs">) {
  if (Object.keys(knobs).length > 0) return () => 1;
  const known = new Map<string, number>();
  return (role: Parameters<Method["weight"]>[0]): number => {
    if (role === divergence?.role) return 1;
    if (!known.has(role)) known.set(role, weight(role));
    return known.get(role)!;
  };
}

function requireTargets({ targets, dropped }: DataCounts, given: number, { maxLength }: DataRules): void {
  if (targets > 0) return;
  if (given === 0) throw new Error("There are no samples to train on.");
  throw new Error(
    dropped === given
      ? `All ${given} samples are longer than maxLength, ${maxLength} tokens, or have no target within it. Raise maxLength.`
      : "No token of the samples is a target: the method's weight of every role is 0.",
  );
}

function lengthAlerts({ truncated, dropped }: DataCounts, given: number, { maxLength }: DataRules): DataAlert[] {
  const found = [
    ...(truncated > 0 ? [`${truncated} were cut, and have no end of turn`] : []),
    ...(dropped > 0 ? [`${dropped} were left out`] : []),
  ];
  if (found.length === 0) return [];
  const why = `They are longer than ${maxLength} tokens (maxLength).`;
  return [{ name: "long samples", message: `Of ${given} samples, ${found.join("; ")}. ${why}` }];
}

/** A model must learn to end its turn, so one token of each sample does not count. */
function templateAlerts({ targets, templateTargets }: DataCounts, samples: readonly EncodedSample[]): DataAlert[] {
  const ended = samples.filter((sample) => (sample.templateTargets ?? 0) > 0).length;
  const share = (templateTargets - ended) / targets;
  if (share <= LARGEST_TEMPLATE_SHARE) return [];
  const message =
    `${Math.round(100 * share)} % of the target tokens are text of the chat template after the answers. ` +
    "tokens(model, sample) shows which ones.";
  return [{ name: "template", message }];
}
