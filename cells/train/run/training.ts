/** What one training does, such as fine-tuning an adapter or pre-training a model. The loop decides when. */
import type { ChatModel, PhaseControl, ReadKnob, TrainingTask } from "../../contracts.ts";
import type { InputValue, Live } from "../../inputs.ts";
import type { RunMeta, RunSink } from "../../runs.ts";
import type { Row } from "../../types.ts";

/** What a user should know about the data or the settings before the first step. */
export type PreparationAlert = { readonly name: string; readonly message: string };

export interface Training {
  readonly meta: RunMeta;
  readonly knobs: Readonly<Record<string, Live<InputValue>>>;
  readonly model: ChatModel;
  /** Leave it out if the samples are not a list. */
  readonly task?: TrainingTask;
  /** Steps between two checkpoints; undefined for one about every 30 seconds. */
  readonly checkpointEvery?: number | undefined;
  /**
   * Makes what the steps need, if it is not there yet: the first phase of the run.
   * @returns what was not known before: the number of steps, settings for the run's record, and what the user should know
   */
  readonly prepare?: (control: PhaseControl) => Promise<{
    readonly steps: number;
    readonly config: Readonly<Record<string, unknown>>;
    readonly alerts?: readonly PreparationAlert[];
  }>;
  /**
   * Gets ready for the first step.
   * @returns the rows of earlier steps, if this training resumes from a file of its own
   */
  begin(): Promise<readonly Row[]>;
  /**
   * Does one step.
   * @param step counted from 1
   * @param read gives the value of a knob in this step
   * @returns the columns of the step's row, and how many tokens it processed, padding not counted
   */
  step(
    step: number,
    read: ReadKnob,
  ): Promise<{
    readonly tokens: number;
    readonly columns: { readonly loss: number; readonly [column: string]: number };
  }>;
  /**
   * The state after the last step as one safetensors file: everything that later steps depend on. All tensors are read
   * before the first await, so they may be freed right after the call.
   */
  save(): Promise<Uint8Array>;
  /** Restores what `save` returned. @throws naming the settings that differ, before anything is changed */
  restore(state: Uint8Array): Promise<void>;
  /** A second training with the same settings, for a fork. It shares only the base model and the data. */
  copy?(): Training;
  /** Writes the trained weights; also after a stop, unless the cell's tensors are freed. */
  finish(sink: Pick<RunSink, "file">): Promise<void>;
  /** Frees what no later training can use. */
  close(): void;
  /** Frees everything. */
  dispose(): void;
}
