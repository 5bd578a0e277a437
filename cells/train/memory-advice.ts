/** Compares the memory that a training will need with what is free, and says what to change if it will not fit. */
import { availableMemory, maxWasmMemory } from "../device/available-memory.ts";
import { type MemoryNeeds, type MemoryPlan, trainingMemory } from "./memory.ts";

/** Bytes for what is not in memory before a training: all but the base and the runtime. */
function newBytes({ total, weights, runtime }: MemoryNeeds): number {
  return total - weights - runtime;
}

/** Free bytes for a training whose base is loaded; undefined if they cannot be found out. */
export async function freeFor({ backend }: MemoryPlan, { weights }: MemoryNeeds): Promise<number | undefined> {
  const free = await availableMemory(backend);
  return free !== undefined && backend === "wasm" ? Math.min(free, maxWasmMemory - weights) : free;
}

/** What does not fit and what to change, as one line; undefined if the training fits. */
export function memoryAdvice(plan: MemoryPlan, free: number | undefined): string | undefined {
  const needs = trainingMemory(plan);
  if (free === undefined || newBytes(needs) <= free) return undefined;
  const changes: readonly (readonly [string, MemoryPlan])[] = [
    ["checkpointing: true", { ...plan, checkpointing: true }],
    [
      "half the batch, with accumulate: 2",
      { ...plan, rows: Math.ceil(plan.rows / 2), targets: Math.ceil(plan.targets / 2) },
    ],
    ["half the maxLength", { ...plan, time: Math.ceil(plan.time / 2), targets: Math.ceil(plan.targets / 2) }],
  ];
  const better = changes.flatMap(([change, other]) => {
    const bytes = newBytes(trainingMemory(other));
    return bytes < 0.95 * newBytes(needs) ? [`${change} (about ${size(bytes)})`] : [];
  });
  const advice = better.length > 0 ? `To need less: ${better.join(", or ")}.` : "Use a smaller model or a lower rank.";
  return (
    `This training needs about ${size(newBytes(needs))} of memory beside the base, but ${size(free)} are free ` +
    `(${memoryParts(needs)}). ${advice}`
  );
}

/** "weights 269 MB, adapter 39 MB, …" */
export function memoryParts(needs: MemoryNeeds): string {
  const { weights, adapter, moments, activations, logits } = needs;
  return Object.entries({ weights, adapter, moments, activations, logits })
    .map(([name, bytes]) => `${name} ${size(bytes)}`)
    .join(", ");
}

export function size(bytes: number): string {
  return bytes < 999.5e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
