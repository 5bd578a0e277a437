/** The encoded samples of a training, in the order in which they are drawn. They may have to be made first. */
import type { Method, PendingMethod, PhaseControl } from "../../contracts.ts";
import { sha256 } from "../../digest.ts";
import type { EncodedSample } from "../../model/encoded-sample.ts";
import type { ChatTokenizer } from "../../model/tokenizer.ts";
import { random } from "../../random.ts";
import type { Sample } from "../../types.ts";
import { type DataRules, type EncodedData, encodedData } from "../data/encoded-data.ts";
import { sampleOrder } from "../step/batches.ts";
import type { Recipe } from "./training-state.ts";

type Prepared = EncodedData & {
  /** Settings of the method that were not known before. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly order: (from: number, to: number) => number[];
  /** As the method has them. */
  readonly given: readonly Sample[];
};

/** For who draws samples without a first phase. */
const unwatched: PhaseControl = { progress: () => {}, pace: async () => {} };

export class TrainingData {
  /** Of the samples as the method has them. Rejects if they are never made. */
  readonly digest: Promise<string>;
  readonly #method: Method | PendingMethod;
  readonly #tokenizer: ChatTokenizer;
  readonly #rules: DataRules;
  readonly #seed: number;
  #prepared: Promise<Prepared> | undefined;
  #made: (digest: Promise<string>) => void = () => {};
  #notMade: (reason: Error) => void = () => {};

  constructor(method: Method | PendingMethod, tokenizer: ChatTokenizer, rules: DataRules, seed: number) {
    this.#method = method;
    this.#tokenizer = tokenizer;
    this.#rules = rules;
    this.#seed = seed;
    this.digest = new Promise((resolve, reject) => {
      this.#made = resolve;
      this.#notMade = reject;
    });
    this.digest.catch(() => {});
    if ("samples" in method) this.#made(sha256(JSON.stringify(method.samples)));
  }

  /** Makes and encodes the samples. @throws if they cannot be made, or nothing can be learnt from them */
  prepare(control: PhaseControl): Promise<Prepared> {
    this.#prepared ??= this.#prepare(control);
    return this.#prepared;
  }

  /** The samples at the places from `from` to `to` of the endless order. */
  async samples(from: number, to: number): Promise<EncodedSample[]> {
    const { samples, order } = await this.prepare(unwatched);
    return order(from, to).map((index) => samples[index]!);
  }

  /** Some samples of the task itself, for a probe; see `TrainingTask`. */
  async taskSamples(limit: number): Promise<Sample[]> {
    const { given } = await this.prepare(unwatched);
    const tasks = given.map(givenText).filter(hasTarget);
    // A method may train on nothing but what a model wrote.
    const chosen = tasks.length > 0 ? tasks : given.filter(hasTarget);
    const order = random(this.#seed, "samples for probes").order(chosen.length);
    return [...order.slice(0, limit)].map((at) => chosen[at]!);
  }

  /** Whether a training with this recipe drew these samples in this order. @param digest of these samples */
  isOrderOf(recipe: Recipe, digest: string): boolean {
    const { maxLength, overlong, blocks } = this.#rules;
    const own: Recipe = { samples: digest, seed: this.#seed, maxLength, overlong, blocks };
    return Object.entries(own).every(([name, value]) => recipe[name] === value);
  }

  /** Nothing will be made any more. */
  close(): void {
    this.#notMade(new Error("The run ended before its samples were made."));
  }

  async #prepare(control: PhaseControl): Promise<Prepared> {
    const pending = this.#method;
    const method = "samples" in pending ? pending : await pending.prepare(control);
    if (method !== pending) this.#made(sha256(JSON.stringify(method.samples)));
    const data = await encodedData(this.#tokenizer, method, this.#rules, control);
    return {
      ...data,
      config: method === pending ? {} : method.config,
      order: sampleOrder(data.samples.length, this.#seed),
      given: method.samples,
    };
  }
}

/** Without what a model wrote, and without the end of the turn, which some methods have after the answer and some after a rationale. */
function givenText({ prompt, segments }: Sample): Sample {
  const last = segments.findLastIndex(({ origin }) => origin === "data");
  const counted = segments.slice(0, last + 1).map((each) => (each.origin === "data" ? each : { ...each, weight: 0 }));
  return { prompt, segments: counted, endTurn: false };
}

const hasTarget = ({ segments }: Sample): boolean => segments.some(({ text, weight }) => text !== "" && weight !== 0);
