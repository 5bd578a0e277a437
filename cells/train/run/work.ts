/** What a training does in a run; the run decides when. */
import type { ChatModel, ReadKnob } from "../../contracts.ts";
import type { InputValue, Live } from "../../inputs.ts";
import type { RunMeta, RunSink } from "../../runs.ts";
import type { Row } from "../../types.ts";

export interface Work {
  readonly meta: RunMeta;
  readonly knobs: Readonly<Record<string, Live<InputValue>>>;
  readonly model: ChatModel;
  /** Steps between two checkpoints; about thirty seconds apart where left out. `Infinity`: none but those asked for. */
  readonly checkpointEvery?: number | undefined;
  /** Gets ready. @returns the rows of steps that were done before, if this training is a resumed one. */
  begin(): Promise<readonly Row[]>;
  /** Does one step, counted from 1. `tokens` is how many real tokens it went through. `read` gives the values of knobs. */
  step(
    step: number,
    read: ReadKnob,
  ): Promise<{
    readonly tokens: number;
    readonly columns: { readonly loss: number; readonly [column: string]: number };
  }>;
  /**
   * Everything that decides what comes next, as it is after the last step: parameters, both moments, step, place in the
   * data. One safetensors file; draws are named by seed and step, so no generator's state is in it. All tensors are read
   * before the first await, so that they may be freed right after the call.
   */
  save(): Promise<Uint8Array>;
  /** Brings the training to where `save` was called. @throws naming what differs, if the state is of another recipe; nothing has changed then. */
  restore(state: Uint8Array): Promise<void>;
  /** The same training anew, sharing only the base and the data, for a fork. */
  again?(): Work;
  /** Writes what was learnt; also after a stop, unless the cell's tensors are gone. */
  finish(sink: RunSink): Promise<void>;
  /** Frees what only the training needed. */
  close(): void;
  /** Frees everything. */
  dispose(): void;
}
