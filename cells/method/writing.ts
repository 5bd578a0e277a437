/**
 * Texts that a frozen model writes, one for each of many prompts. They are kept while they are written, so that an interruption
 * loses little, and a prompt that is added costs one text. Several may wait for the same texts: a run in its first phase, and a table. One of them lets the model write;
 * if it is stopped, the next one goes on from there.
 */
import { keptAnswers } from "../cache/kept-answers.ts";
import type { ChatModel, Completion, GenerateOptions, PhaseControl, Prompt } from "../contracts.ts";
import { host } from "../host.ts";

export type WritingJob = {
  readonly model: ChatModel;
  readonly prompts: readonly Prompt[];
  readonly options: GenerateOptions;
  /** Such as "Writing rationales". */
  readonly label: string;
  /** Names the files in which the texts are kept. */
  readonly step: string;
};

const WAIT_MS = 50;

export class Writing {
  readonly #job: WritingJob;
  readonly #waiting = new Set<PhaseControl>();
  readonly #texts: (Completion | undefined)[];
  #written = 0;
  #writing: Promise<void> | undefined;

  constructor(job: WritingJob) {
    this.#job = job;
    this.#texts = job.prompts.map(() => undefined);
  }

  /** All texts, in the order of the prompts. @throws what `control.pace` throws, or the error of the model */
  async all(control: PhaseControl = ownCell): Promise<readonly Completion[]> {
    this.#waiting.add(control);
    try {
      let said: number | undefined;
      for (;;) {
        await control.pace();
        const isWhole = this.#written === this.#texts.length;
        if (!this.#writing && !isWhole) {
          await this.#write(control);
          continue;
        }
        // Whoever lets the model write hears of each text.
        if (said !== this.#written) this.#report(control);
        said = this.#written;
        if (isWhole) return this.#texts as Completion[];
        await Promise.race([this.#writing, after(WAIT_MS)]);
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
    const { model, prompts, options, step, label } = this.#job;
    await keptAnswers(model, step, control.progress).generate(prompts, {
      ...options,
      label,
      onCompletion: (completion, at) => this.#set(at, completion),
      pace: () => this.#paced(control),
    });
  }

  /** Whoever waits can pause the writing; only the cell that lets the model write can stop it. */
  async #paced(control: PhaseControl): Promise<void> {
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
}

/** Who awaits the texts in a cell: shows progress there, and is stopped with the cell. */
const ownCell: PhaseControl = {
  progress: (label, done, total) => host().progress(label, done, total),
  pace: () => host().breathe(),
};

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
