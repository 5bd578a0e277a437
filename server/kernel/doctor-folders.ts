/** The memory that a model folder needs on this machine: to generate, and to train a LoRA on it. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BackendName } from "../../cells/device/backend-name.ts";
import { parseConfig } from "../../cells/model/config.ts";
import { storedBytesOf } from "../../cells/model/folder-memory.ts";
import { lora } from "../../cells/model/lora.ts";
import { generationMemory, type MemoryNeeds, trainingMemory } from "../../cells/train/memory.ts";
import { memoryAdvice } from "../../cells/train/memory-advice.ts";
import { bytes } from "../state/quantity.ts";

/** The work that is estimated: a LoRA on all linear layers, with rows of this many tokens. */
const work = { rank: 16, rows: 4, time: 256 } as const;

export type FolderReport = {
  readonly folder: string;
  readonly backend: BackendName;
  /** In bytes, with a chat of `time` tokens. */
  readonly generation: number;
  readonly training: MemoryNeeds & typeof work;
  /** What does not fit on this machine, and what to change. */
  readonly warning?: string;
};

/** @param free bytes; undefined if unknown @throws if the folder has no config.json that Palimpsest can read, or no weights */
export async function folderMemory(
  folder: string,
  backend: BackendName,
  free: number | undefined,
): Promise<FolderReport> {
  const config = join(folder, "config.json");
  const text = await readFile(config, "utf8").catch(() => {
    throw new Error(`${folder} is not a model folder: it has no config.json that can be read.`);
  });
  const model = parseConfig(text, config);
  const files = (await readdir(folder)).filter((file) => /^model.*\.safetensors$/.test(file));
  if (files.length === 0) throw new Error(`${folder} has no weights (model.safetensors, or model-….safetensors).`);
  let size = 0;
  for (const file of files) size += (await stat(join(folder, file))).size;
  const storedBytes = storedBytesOf(model, size);
  const { rank, rows, time } = work;
  const plan = { model, backend, storedBytes, rows, time, targets: rows * time, checkpointing: false };
  const adapted = { ...plan, adapter: lora({ rank }) };
  const training = trainingMemory(adapted);
  // The base is not loaded yet, so its bytes must fit too.
  const warning = memoryAdvice(adapted, free === undefined ? undefined : free - training.weights);
  return {
    folder,
    backend,
    generation: generationMemory(plan),
    training: { ...training, ...work },
    ...(warning !== undefined && { warning }),
  };
}

export function folderLine({ folder, backend, generation, training, warning }: FolderReport): string {
  const { rank, rows, time, total, weights, adapter, moments, activations, logits } = training;
  const parts = Object.entries({ weights, adapter, moments, activations, logits }).map(
    ([name, part]) => `${name} ${bytes(part)}`,
  );
  return (
    `  ${folder} on ${backend}: about ${bytes(generation)} to generate (${rows} chats of ${time} tokens), ${bytes(total)} to train a LoRA ` +
    `of rank ${rank} on ${rows} × ${time} tokens (${parts.join(", ")})\n${warning === undefined ? "" : `  ! ${warning}\n`}`
  );
}
