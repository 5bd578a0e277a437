/**
 * The nouns that the rooms of `cells/` hand to each other: models, methods, probes, runs. Rooms import this file and
 * not each other, so that a method can be read without the engine and a probe without the trainer.
 */
import type { InputValue, Live, RunChange, RunCheckpoint, RunStatus } from "./host.ts";
import type { LiveTable } from "./output.ts";
import type { Message, Normalisation, ProbeRow, Row, Sample, Segment } from "./types.ts";

/** What to continue: a conversation, and optionally the beginning of the assistant's turn as separately encoded pieces. */
export type Prompt = { readonly messages: readonly Message[]; readonly prefix?: readonly string[] };

/** `text` is what was written, without the template's leading space of an assistant turn; `ended` tells whether the turn ended by itself. */
export type Completion = { readonly text: string; readonly tokens: number; readonly ended: boolean };

/** How the next token is chosen: greedily where nothing is said. The filters apply in the order in which they stand here. */
export type Sampling = {
  /** Divides the scores of tokens that occur already (Keskar et al. 2019); 1 changes nothing. */
  readonly repetitionPenalty?: number;
  /** 0 (the default) takes the likeliest token; 1 draws from the model's own distribution. */
  readonly temperature?: number;
  /** Draws from the so many likeliest tokens. */
  readonly topK?: number;
  /** Draws from the fewest tokens that together have this probability. */
  readonly topP?: number;
  /** Of the draws; the notebook's seed where left out. Each prompt draws by itself, whatever stands beside it. */
  readonly seed?: number;
};

export type GenerateOptions = Sampling & {
  /** Most tokens to write per prompt. */
  readonly maxTokens: number;
  /** Texts that end a turn where they appear; neither they nor what follows is in the completion. */
  readonly stop?: readonly string[];
  /** Called with each new piece of a prompt's completion as it is written. */
  readonly onText?: (piece: string, prompt: number) => void;
  /** Shown as progress of the cell that asked. */
  readonly label?: string;
};

/** Sum of −ln p over the target tokens of a sample, and how many there are. */
export type SampleNll = { readonly nll: number; readonly tokens: number };

/** A chat model that speaks: the base, or the base with one adapter on. Weights are shared between the views. */
export interface ChatModel {
  readonly name: string;
  /** Continuations in the order of the prompts, greedy unless told otherwise; batched inside, yields to other work between decoding steps. */
  generate(prompts: readonly Prompt[], options: GenerateOptions): Promise<Completion[]>;
  /** Teacher-forced likelihood of each sample's segments of non-zero weight. */
  nll(samples: readonly Sample[]): Promise<SampleNll[]>;
  /** The digest of the base's weights, for caches and records. */
  readonly digest: string;
}

/** A knob's value at the step that is being done: it does not change within a step, and a fork or a replay may give its own. */
export type ReadKnob = <T>(knob: Live<T>) => T;

/** How samples come about and how their roles are weighed. */
export interface Method {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly per: Normalisation;
  /** Factor on the loss of a role; read anew at each step, so that a live knob acts at once. */
  weight(role: Segment["role"], read?: ReadKnob): number;
  /** What a reader of the run's record needs to know. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Knobs read by `weight`, by name, so that the run records their changes and a fork can give them other values. */
  readonly knobs: Readonly<Record<string, Live<number>>>;
  /**
   * A further term of the loss: KL(base ‖ tuned) at the target tokens of one role, in nats. Under `role` the weight times
   * its mean over them; under `token` each KL counts with the weight where an nll would, in Σ and in the divisor. To have it
   * in place of that role's nll, give the role the weight 0.
   */
  readonly divergence?: { readonly role: Segment["role"]; readonly weight: number | Live<number> };
}

/** A small evaluation between two training steps. Must not touch the random state of the training. */
export interface Probe {
  readonly name: string;
  measure(model: ChatModel): Promise<Readonly<Record<string, number>>>;
}

/** A table that grows while a run goes on. In a mark of `Plot` it makes the chart live. */
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
  /** The base with this run's adapter on, as it is at the moment of asking. */
  readonly model: ChatModel;
  /** Measures before the first step, after every `steps` steps and after the last. Call it before the run's first step, in the same cell. */
  every(steps: number, ...probes: readonly Probe[]): Run;
  /** Stops where the rule gives true or a reason. It is asked after each step, with the latest measures of probes in the row. */
  stopWhen(rule: Rule): Run;
  /** Raises an alert whenever the rule begins to give true or a message. `name` is what the alert is called. Loss spikes are watched for anyway. */
  alertWhen(rule: Rule, name?: string): Run;
  /** Goes again through what was recorded: each change at its step, and no other. Call it like `every`. */
  replay(record: Pick<RunRecord, "knobs" | "changes">): Run;
  /** The whole training as it is after the last step, from which another can go on; one safetensors file. Of a run whose cell has ended: as it was then. */
  state(): Promise<Uint8Array>;
  /** Settles when the run has ended: with the run when done or stopped, with the error when it failed. */
  readonly finished: Promise<Run>;
  /** Waits before the next step; a checkpoint is kept. A paused run still counts as running. */
  pause(): void;
  resume(): void;
  /** Does `n` steps and pauses. */
  step(n?: number): void;
  stop(): void;
  readonly checkpoints: readonly RunCheckpoint[];
  /** Keeps the state as it is before the next step. */
  checkpoint(): void;
  /** Goes back to a checkpoint; rows, measures and changes after it are dropped. @throws naming the checkpoints there are. */
  rewind(to: number): void;
  /** A new run that goes on from a checkpoint of this one, with other values of knobs. @throws as `rewind` does. */
  fork(options: ForkOptions): Run;
}

/** `row` holds the latest measures of the probes beside the step's own columns; `rows` are those before it. */
export type Rule = (row: Row, rows: readonly Row[]) => boolean | string;

export type ForkOptions = {
  /** The step of a checkpoint. */
  readonly at: number;
  /** By name: `{ learningRate: 0.001, weight: 0.5 }`. These follow their inputs no more. */
  readonly knobs?: Readonly<Record<string, InputValue>>;
};

/** What a run's folder holds of it. */
export type RunRecord = {
  readonly id: string;
  readonly method: string;
  readonly steps: number;
  readonly seed: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the knobs stood at when it began. */
  readonly knobs: Readonly<Record<string, InputValue>>;
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};
