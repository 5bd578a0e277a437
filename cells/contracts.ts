/**
 * The interfaces that rooms of `cells/` share: models, methods, probes and runs. They are here and not in the rooms that implement
 * them, so that lower rooms can use them: a probe takes a model, a method is given to a training, a chart shows a run.
 */
import type { InputValue, Live } from "./inputs.ts";
import type { LiveTable } from "./output.ts";
import type { RunChange, RunCheckpoint, RunStatus, TestAnswers } from "./runs.ts";
import type { Message, Normalisation, ProbeRow, Row, Sample, Segment } from "./types.ts";

/** The text to continue: a conversation, and optionally the beginning of the assistant's turn in parts. */
export type Prompt = { readonly messages: readonly Message[]; readonly prefix?: readonly string[] };

/**
 * `text` is the generated text without the template's leading space and without a think block; `ended` tells whether the model ended its
 * turn before the limit. `thinkTokens` of all `tokens` were thoughts; it is left out if there were none.
 */
export type Completion = {
  readonly text: string;
  readonly tokens: number;
  readonly ended: boolean;
  readonly thinkTokens?: number;
};

/** How the next token is chosen; greedy by default. The filters apply in this order. */
export type Sampling = {
  /** Divides the scores of tokens that already occur (Keskar et al. 2019). Default: 1, which changes nothing. */
  readonly repetitionPenalty?: number;
  /** 0 (the default) takes the most likely token; 1 samples from the model's distribution. */
  readonly temperature?: number;
  /** Samples from this many most likely tokens. Default: all. */
  readonly topK?: number;
  /** Samples from the fewest tokens that together have at least this probability. Default: 1, all tokens. */
  readonly topP?: number;
  /** Seed of the sampling; the notebook's seed by default. The result for a prompt does not depend on the other prompts. */
  readonly seed?: number;
};

/** The names of the settings above, for functions that take them among their own options. */
export const SAMPLING = [
  "repetitionPenalty",
  "temperature",
  "topK",
  "topP",
  "seed",
] as const satisfies readonly (keyof Sampling)[];

/** Beam search in the place of choosing one token after the other. It does not go with the settings of `Sampling`. */
export type BeamOptions = {
  /** The most likely of this many texts that are followed at once. Default: 1, no beams. */
  readonly beams?: number;
  /** A text's score is the sum of ln p over its tokens, divided by their number to this power. Above 0 favours longer texts. Default: 1. */
  readonly lengthPenalty?: number;
};

export type GenerateOptions = Sampling &
  BeamOptions & {
    /** The maximum number of tokens per prompt. A completion also stops, as one that has not ended, at the model's last position. */
    readonly maxTokens: number;
    /** Texts that end a turn. The completion ends before them. */
    readonly stop?: readonly string[];
    /** Called with each new piece of a completion while it is generated. */
    readonly onText?: (piece: string, prompt: number) => void;
    /** Label of the progress shown in the calling cell. */
    readonly label?: string;
    /** The numbers of the prompts, which decide their random draws; by default their places in the list. */
    readonly numbers?: readonly number[];
    /** Called with each completion as soon as it is whole. */
    readonly onCompletion?: (completion: Completion, prompt: number) => void;
    /** Called between two decoding steps, which wait for it. If it throws, generation ends with that error. */
    readonly pace?: () => Promise<void>;
  };

/** Sum of −ln p over the target tokens of a sample, and their number. */
export type SampleNll = { readonly nll: number; readonly tokens: number };

/** A chat model: the base, or the base with one adapter. */
export interface ChatModel {
  readonly name: string;
  /** Completions in the order of the prompts. Prompts are batched; other work can run between decoding steps. */
  generate(prompts: readonly Prompt[], options: GenerateOptions): Promise<Completion[]>;
  /** Negative log-likelihood, with teacher forcing, of each sample's segments with a weight other than 0. */
  nll(samples: readonly Sample[]): Promise<SampleNll[]>;
  /** The digest of the base's weights, for records. */
  readonly digest: string;
  /**
   * The digest of all else that decides its answers at this moment: adapter, tokenizer, chat template, settings. For caches. Leave it
   * out if `digest` says everything.
   */
  readonly state?: () => Promise<string>;
  /** The model with the weights of this moment, also while a training goes on. Nothing is copied. Leave it out if they never change. */
  readonly hold?: () => HeldModel;
  /** The model of a run has it: keeps what was answered in a test in the run's folder, so that runs can be compared item by item. */
  readonly keepAnswers?: (tests: readonly TestAnswers[]) => Promise<void>;
}

/** The caller releases it. */
export interface HeldModel extends ChatModel {
  release(): void;
}

/** Gives a knob's value for the current step. It does not change during a step, and a fork or a replay may use other values. */
export type ReadKnob = <T>(knob: Live<T>) => T;

/** How samples are made and how their roles are weighted. */
export interface Method {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly per: Normalisation;
  /** Factor on the loss of a role. Called at each step, so a live knob takes effect immediately. */
  weight(role: Segment["role"], read?: ReadKnob): number;
  /** Settings of the method, for the run's record. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The knobs that `weight` reads, by name, so that the run can record their changes and a fork can change their values. */
  readonly knobs: Readonly<Record<string, Live<number>>>;
  /**
   * An additional term of the loss: KL(base ‖ tuned) at the target tokens of one role, in nats. With `per: "role"`, the weight times
   * the mean KL over these tokens. With `per: "token"`, each KL has this weight like an NLL, in the sum and in the divisor. To replace
   * the NLL of the role, give the role the weight 0.
   */
  readonly divergence?: { readonly role: Segment["role"]; readonly weight: number | Live<number> };
}

/** How a run, or a cell, follows and controls what it waits for. */
export interface PhaseControl {
  readonly progress: (label: string, done: number, total: number) => void;
  /** Waits while the run is paused. @throws if it was stopped */
  readonly pace: () => Promise<void>;
}

/** A method whose samples are still being made. A run makes them in a first phase, before its first step. */
export interface PendingMethod extends Omit<Method, "samples"> {
  /** Makes the samples. @returns the method; its `config` says what was not known before */
  prepare(control: PhaseControl): Promise<Method>;
}

/** A small evaluation between two training steps. It must not change the training's random state. */
export interface Probe {
  readonly name: string;
  /** @param training what the model learns; undefined outside a run, and in a run that has no list of samples */
  measure(model: ChatModel, training?: TrainingTask): Promise<Readonly<Record<string, number>>>;
}

/** What a run trains on, for probes. */
export interface TrainingTask {
  /**
   * At most `limit` of the samples, drawn by the run's seed: the same at each measurement. Only the given data count in them, not
   * what a model wrote, such as rationales, nor the ends of the turns.
   */
  samples(limit: number): Promise<readonly Sample[]>;
  /** The longest sample in tokens. */
  readonly maxLength: number;
}

/** A table that grows during a run. A chart with it as `Plot` data is live. */
export interface RunTable<R extends object> extends Iterable<R> {
  readonly live: { readonly table: LiveTable; readonly runs: readonly string[] };
  readonly length: number;
  at(index: number): R | undefined;
}

export interface Run {
  readonly id: string;
  readonly method: string;
  readonly status: RunStatus;
  readonly rows: RunTable<Row>;
  readonly probes: RunTable<ProbeRow>;
  /** The base with this run's adapter. Each call uses the weights of that moment. */
  readonly model: ChatModel;
  /** Runs the probes before the first step, every `steps` steps, and after the last step. Call it in the cell that starts the run, before the first step. */
  every(steps: number, ...probes: readonly Probe[]): Run;
  /** Stops the run when the rule returns true or a reason. The rule is called after each step. */
  stopWhen(rule: Rule): Run;
  /** Raises an alert when the rule starts to return true or a message. `name` is the alert's title. Loss spikes always raise an alert. */
  alertWhen(rule: Rule, name?: string): Run;
  /**
   * The best value of a probe's column so far. From this call on, the state with the best value is kept until there is a better one: a
   * checkpoint, to which `rewind` and `fork` can go back, and the trained weights in `folder`. Call it right after `train(…)`.
   */
  best(column: string, mode: "max" | "min"): Best;
  /** Repeats the recorded changes, each at its step, and ignores all others. Call it where you would call `every`. */
  replay(record: Pick<RunRecord, "knobs" | "changes">): Run;
  /** The full state of the training after the last step, as one safetensors file; another training can continue from it. If the run's cell has ended, it is the state at that moment. */
  state(): Promise<Uint8Array>;
  /** Resolves with the run when it is done or stopped; rejects with the error if it failed. */
  readonly finished: Promise<Run>;
  /** Waits before the next step and saves a checkpoint. A paused run still counts as running. */
  pause(): void;
  resume(): void;
  /** Does `n` steps (default: 1), then pauses. */
  step(n?: number): void;
  stop(): void;
  readonly checkpoints: readonly RunCheckpoint[];
  /** Saves the state before the next step. */
  checkpoint(): void;
  /** Goes back to a checkpoint and drops rows, measures and changes after it. @throws naming the existing checkpoints. */
  rewind(to: number): void;
  /** A new run that starts from a checkpoint of this one, with other knob values. @throws as `rewind` does. */
  fork(options: ForkOptions): Run;
}

/**
 * `row` has the columns of the step and the latest measures of the probes; `rows` are the rows before it, `probes` all measurements
 * so far.
 */
export interface Rule {
  (row: Row, rows: readonly Row[], probes?: readonly ProbeRow[]): boolean | string;
  /** The column that it is about. A run that has no such column raises an alert. */
  readonly column?: string;
}

/** `step` and `value` are those of the best measurement so far; undefined before the first. Of equal values the first counts. */
export interface Best {
  readonly column: string;
  readonly mode: "max" | "min";
  readonly step: number | undefined;
  readonly value: number | undefined;
  /** Where the weights are, relative to the run's folder. */
  readonly folder: string;
}

export type ForkOptions = {
  /** The step of a checkpoint. */
  readonly at: number;
  /** By name: `{ learningRate: 0.001, weight: 0.5 }`. These knobs no longer follow their inputs. */
  readonly knobs?: Readonly<Record<string, InputValue>>;
};

/** What a run's folder records. */
export type RunRecord = {
  readonly id: string;
  readonly method: string;
  readonly steps: number;
  readonly seed: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** The values of the knobs at the start. */
  readonly knobs: Readonly<Record<string, InputValue>>;
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};
