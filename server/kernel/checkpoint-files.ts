/** The states that a run can go back to: `checkpoints/<step>.safetensors` in its folder. */
import { existsSync, rmSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunCheckpoint } from "../../cells/runs.ts";
import { writeSafely } from "../session/write-file.ts";

/** How many unmarked checkpoints are kept. */
const UNMARKED = 3;

export class CheckpointFiles {
  readonly #folder: string;

  constructor(runFolder: string) {
    this.#folder = join(runFolder, "checkpoints");
  }

  write(step: number, state: Uint8Array): Promise<void> {
    return writeSafely(this.#path(step), state);
  }

  async read(step: number): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.#path(step)));
  }

  has(step: number): boolean {
    return existsSync(this.#path(step));
  }

  async remove(checkpoints: readonly RunCheckpoint[]): Promise<void> {
    for (const { step } of checkpoints) await rm(this.#path(step), { force: true });
  }

  removeSync(checkpoints: readonly RunCheckpoint[]): void {
    for (const { step } of checkpoints) rmSync(this.#path(step), { force: true });
  }

  #path(step: number): string {
    return join(this.#folder, `${step}.safetensors`);
  }
}

/** The checkpoints to keep: all marked ones and the latest unmarked ones. */
export function withoutOldest(checkpoints: readonly RunCheckpoint[]): readonly RunCheckpoint[] {
  const latest = checkpoints.filter(({ marked }) => !marked).slice(-UNMARKED);
  return checkpoints.filter((each) => each.marked || latest.includes(each));
}
