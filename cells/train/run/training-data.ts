/** The samples of a training, in the order in which they are drawn. They may have to be made first. */
import type { Method, PendingMethod, PhaseControl } from "../../contracts.ts";
import { sha256 } from "../../digest.ts";
import type { Sample } from "../../types.ts";
import { sampleOrder } from "../step/batches.ts";

export class TrainingData {
  /** Of the samples. Rejects if they are never made. */
  readonly digest: Promise<string>;
  readonly #seed: number;
  #draw: ((from: number, to: number) => Sample[]) | undefined;
  #made: (digest: Promise<string>) => void = () => {};

  constructor(method: Method | PendingMethod, seed: number) {
    this.#seed = seed;
    this.digest = new Promise((resolve) => {
      this.#made = resolve;
    });
    this.digest.catch(() => {});
    if ("samples" in method) this.#use(method.samples);
  }

  /** @returns the settings that were not known before */
  async prepare(method: PendingMethod, control: PhaseControl): Promise<Readonly<Record<string, unknown>>> {
    const { samples, config } = await method.prepare(control);
    this.#use(samples);
    return config;
  }

  /** The samples at the places from `from` to `to` of the endless order. */
  samples(from: number, to: number): Sample[] {
    if (!this.#draw) throw new Error("The samples of this training have not been made.");
    return this.#draw(from, to);
  }

  /** Nothing will be made any more. */
  close(): void {
    if (!this.#draw) this.#made(Promise.reject(new Error("The run ended before its samples were made.")));
  }

  #use(samples: readonly Sample[]): void {
    const order = sampleOrder(samples.length, this.#seed);
    this.#draw = (from, to) => order(from, to).map((index) => samples[index]!);
    this.#made(sha256(JSON.stringify(samples)));
  }
}
