/**
 * Rationales: what a frozen model continues to write after a reference translation, with or without a rationale prompt
 * such as "Note:". RaDis uses the base itself as the writer; another model is an ablation. Rationales are written once,
 * when somebody needs them, and are cached in the workspace. Empty, cut-off and repeating ones are counted, so that the
 * reader can judge the prompt.
 */
import { type ChatModel, type Completion, type PhaseControl, SAMPLING, type Sampling } from "../contracts.ts";
import { requireItems } from "../given.ts";
import { host } from "../host.ts";
import { modelDigest } from "../model/model-digest.ts";
import { requireKnown } from "../options.ts";
import { random } from "../random.ts";
import type { Pair } from "../types.ts";
import type { Rationale } from "./rationale.ts";
import { countRationales, type RationaleCounts } from "./rationale-counts.ts";
import { Writing } from "./writing.ts";

export type Rationales = {
  readonly items: readonly Rationale[];
  readonly prompts: readonly string[];
  /** The text between translation and rationale prompt. */
  readonly separator: string;
  readonly counts: RationaleCounts;
  /** Missing if they were made in another way. */
  readonly source?: RationaleSource;
  /** The digest of the weights that wrote them, with an adapter if there was one. */
  readonly weights?: string;
};

/** What decided the texts, for the record of a run that learns them. */
export type RationaleSource = {
  /** The name of the model that wrote them. */
  readonly model: string;
  readonly maxTokens: number;
  readonly share: number;
  readonly seed: number;
} & Sampling;

export type RationalesOptions = Sampling & {
  /**
   * The rationale prompt, such as `"Note:"`. Several prompts are assigned to the pairs of each direction in turn. Default: `""`; the
   * model goes straight on after the reference and the separator, as in the paper.
   */
  readonly prompt?: string | readonly string[];
  /** The text between translation and rationale prompt. Default: a line break before a prompt, an empty line without one. */
  readonly separator?: string;
  /** Maximum length of a rationale in tokens. Longer ones are cut off and counted. Default: 256. */
  readonly maxTokens?: number;
  /**
   * Fraction of the pairs that get a rationale, from 0 to 1. A larger fraction contains all pairs of a smaller one.
   * Default: 1.
   */
  readonly share?: number;
  /**
   * Which rationales are learnt. It is applied after they are written, so trying another filter costs nothing. Default:
   * all.
   */
  readonly filter?: (rationale: Rationale) => boolean;
};

/**
 * Rationales that may still have to be written. `await` writes those that are missing; a run that gets them unawaited, as in
 * `radis(rationales(…))`, writes them in its first phase.
 */
export interface PendingRationales
  extends PromiseLike<Rationales>,
    Pick<Rationales, "prompts" | "separator" | "source"> {
  readonly pairs: number;
  /** Writes those that are missing, in the calling cell. */
  write(control?: PhaseControl): Promise<Rationales>;
}

const OPTIONS = ["prompt", "separator", "maxTokens", "share", "filter", ...SAMPLING];
const HINTS = { max_new_tokens: "maxTokens", max_tokens: "maxTokens", prompts: "prompt", n: "share" };

/** @throws if the list of prompts is empty, there are no pairs, or the share is not between 0 and 1 */
export function rationales(
  model: ChatModel,
  pairs: readonly Pair[],
  options: RationalesOptions = {},
): PendingRationales {
  const { prompt = "", maxTokens = 256, share = 1, filter = () => true, ...given } = options;
  requireKnown("rationales(…)", options, OPTIONS, HINTS);
  const { separator, seed = host().seed, ...sampling } = given;
  const prompts = [prompt].flat().map((each) => each.trim());
  if (prompts.length === 0)
    throw new Error(
      'rationales(…) needs at least one prompt, such as "Note:". Leave "prompt" out to let the model go straight on.',
    );
  requireItems("rationales(…)", "pairs", pairs);
  if (!(share >= 0 && share <= 1)) throw new Error(`rationales(…): "share" must be between 0 and 1, not ${share}.`);
  const between = separator ?? (prompts.every((each) => each === "") ? "\n\n" : "\n");
  const assigned = assignedPrompts(pairs, prompts);
  const asked = sampledPairs(pairs, share, seed).map((at) => ({ at, prompt: assigned[at]! }));
  const writing = new Writing({
    model,
    prompts: asked.map(({ at, prompt }) => ({
      messages: [{ role: "user", content: pairs[at]!.instruction }],
      prefix: [pairs[at]!.reference, `${between}${prompt}`],
    })),
    options: { ...sampling, seed, maxTokens },
    label: "Writing rationales",
    step: "rationales",
  });
  const source: RationaleSource = { model: model.name, maxTokens, share, ...sampling, seed };
  const withItems = (written: readonly Completion[], weights: string): Rationales => {
    const byPair = new Map(asked.map(({ at, prompt }, index) => [at, { ...written[index]!, prompt }]));
    const items = pairs.map((pair, at): Rationale => {
      const found = byPair.get(at);
      if (!found) return { ...pair, prompt: "", text: "", tokens: 0, ended: true, status: "not sampled" };
      const item: Rationale = { ...pair, ...found, status: found.text.trim() === "" ? "empty" : "used" };
      return item.status === "used" && !filter(item) ? { ...item, status: "filtered" } : item;
    });
    return { items, prompts, separator: between, counts: countRationales(items), source, weights };
  };
  const write = async (control?: PhaseControl): Promise<Rationales> => {
    const weights = await modelDigest(model);
    return withItems(await writing.all(control), weights);
  };
  return {
    prompts,
    separator: between,
    source,
    pairs: pairs.length,
    write,
    // biome-ignore lint/suspicious/noThenProperty: to be awaited, like the promise that it stands for.
    then: (done, failed) => write().then(done, failed),
  };
}

/** Prompts are assigned in turn within each direction, so both directions of a sentence pair get the same prompt. */
function assignedPrompts(pairs: readonly Pair[], prompts: readonly string[]): string[] {
  const assigned = new Map<string, number>();
  return pairs.map(({ from, to }) => {
    const direction = `${from} ${to}`;
    const count = assigned.get(direction) ?? 0;
    assigned.set(direction, count + 1);
    return prompts[count % prompts.length]!;
  });
}

/** The indices of the pairs that get a rationale, in ascending order. */
function sampledPairs(pairs: readonly Pair[], share: number, seed: number): number[] {
  const { uniform } = random(seed, "share of rationales");
  const draws = pairs.map(() => uniform());
  return [...pairs.keys()].filter((at) => draws[at]! < share);
}

/** Writes JSONL: one pair per line with its rationale and status. @param path inside the workspace */
export async function saveRationales({ items }: Rationales, path: string): Promise<void> {
  await host().writeFile(path, `${items.map((item) => JSON.stringify(item)).join("\n")}\n`);
}
