/**
 * Texts that a frozen model writes, one for each of many prompts. They are stored while they are written, so that an interruption
 * loses little. Several may wait for the same texts: a run in its first phase, and a table. One of them lets the model write;
 * if it is stopped, the next one goes on from there.
 */
import type { CacheEntry } from "../cache/cache.ts";
import type { ChatModel, Completion, GenerateOptions, PhaseControl, Prompt } from "../contracts.ts";
import { host } from "../host.ts";

export type WritingJob = {
  readonly model: ChatModel;
  readonly prompts: readonly Prompt[];
  readonly options: GenerateOptions;
  /** Such as "Writing rationales". */
  readonly label: string;
  readonly entry: () => Promise<CacheEntry<readonly (Completion | undefined)[]>>;
};

/** The shortest time between two writes to the disk. A slow disk is written to less often. */
const SAVE_MS = 2_000;
const WAIT_MS = 50;

export class Writing {
  readonly #job: WritingJob;
  readonly #waiting = new Set<PhaseControl>();
  #loading: Promise<void> | undefined;
  #texts: (Completion | undefined)[] = [];
  #written = 0;
  #writing: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #saveAfter = 0;

  constructor(job: WritingJob) {
    this.#job = job;
  }

  /** All texts, in the order of the prompts. @throws what `control.pace` throws, or the error of the model */
  async all(control: PhaseControl = ownCell): Promise<readonly Completion[]> {
    this.#waiting.add(control);
    try {
      this.#loading ??= this.#load();
      await this.#loading;
      let said: number | undefined;
      for (;;) {
        await control.pace();
        if (said !== this.#written) this.#report(control);
        said = this.#written;
        if (said === this.#texts.length) return this.#texts as Completion[];
        if (this.#writing) await Promise.race([this.#writing, after(WAIT_MS)]);
        else await this.#write(control);
      }
    } finally {
      this.#waiting.delete(control);
    }
  }

  /** Lets the model write in the calling cell. */
  async #write(control: PhaseControl): Promise<void> {
    const writing = this.#generate(control);
    this.#writing = writing.catch(() => undefined);
    try {
      await writing;
    } finally {
      this.#writing = undefined;
    }
  }

  async #generate(control: PhaseControl): Promise<void> {
    const { model, prompts, options } = this.#job;
    const missing = [...prompts.keys()].filter((at) => this.#texts[at] === undefined);
    const written = (completion: Completion, place: number): void => {
      this.#set(missing[place]!, completion);
      this.#report(control);
      if (performance.now() > this.#saveAfter) void this.#save().catch(() => undefined);
    };
    try {
      this.#saveAfter = performance.now() + SAVE_MS;
      const completions = await model.generate(
        missing.map((at) => prompts[at]!),
        { ...options, numbers: missing, onCompletion: written, pace: () => this.#pace(control) },
      );
      // A model of the user may not call `onCompletion`.
      for (const [place, completion] of completions.entries()) this.#set(missing[place]!, completion);
    } catch (error) {
      // What was written is there for the next one, here or after a restart.
      await this.#save().catch(() => undefined);
      throw error;
    }
    await this.#save();
  }

  /** Whoever waits can pause the writing; only the cell that lets the model write can stop it. */
  async #pace(control: PhaseControl): Promise<void> {
    await control.pace();
    for (const other of this.#waiting) if (other !== control) await other.pace().catch(() => undefined);
  }

  #report({ progress }: PhaseControl): void {
    progress(this.#job.label, this.#written, this.#texts.length);
  }

  #set(at: number, text: Completion): void {
    if (this.#texts[at] === undefined) this.#written += 1;
    this.#texts[at] = text;
  }

  async #load(): Promise<void> {
    const stored = await (await this.#job.entry()).read();
    this.#texts = this.#job.prompts.map((_, at) => stored?.result[at]);
    this.#written = this.#texts.filter((text) => text !== undefined).length;
  }

  /** One after the other: the last one has all texts. */
  #save(): Promise<void> {
    this.#saveAfter = Number.POSITIVE_INFINITY;
    const saved = this.#saving.then(async () => {
      const started = performance.now();
      await (await this.#job.entry()).write([...this.#texts]);
      this.#saveAfter = performance.now() + Math.max(SAVE_MS, 20 * (performance.now() - started));
    });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }
}

/** Who awaits the texts in a cell: shows progress there, and is stopped with the cell. */
const ownCell: PhaseControl = {
  progress: (label, done, total) => host().progress(label, done, total),
  pace: () => host().breathe(),
};

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
