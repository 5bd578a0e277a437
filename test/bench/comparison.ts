/**
 * Runs rounds of our work and of PyTorch's in turn, and reports the medians. Without `--json`, one more round is profiled by tfjs kernels.
 */
import { availableParallelism } from "node:os";
import type { BenchOptions } from "./bench.ts";
import { startPeer } from "./peer.ts";
import { printProfile } from "./profile.ts";
import type { Shape } from "./shapes.ts";

type Work = {
  readonly name: string;
  readonly shape: Shape;
  /** Tokens that one round reads or writes. With it, the unit is tokens/s; without it, seconds. */
  readonly tokens?: number;
  readonly rounds: number;
  /** The same work as `peer.py` reads it. */
  readonly task: object;
  readonly round: () => Promise<void>;
};

type Figures = { readonly ours: number; readonly peer: number | null; readonly ratio: number | null };

/**
 * `ours` and `peer` are medians in `unit`; `ratio` is ours ÷ peer in throughput, so more is better. `peakMemory` is in MB and `processor`
 * is the processor time of a round, in seconds over all threads; their ratios are ours ÷ peer, so less is better. Other programs on
 * the machine disturb the processor time least.
 */
export type Comparison = Figures & {
  readonly name: string;
  readonly unit: "tokens/s" | "s";
  readonly threads: number;
  readonly shape: Shape;
  readonly peakMemory: Figures;
  readonly processor: Figures;
};

/** @throws if `--peer` is given and PyTorch cannot be started. */
export async function compare(options: BenchOptions, work: Work): Promise<Comparison> {
  const { name, shape, tokens, rounds, task, round } = work;
  const peer = options.peer ? await startPeer(task) : undefined;
  await round();
  const ours: number[] = [];
  const theirs: number[] = [];
  let ourProcessor = 0;
  const processorBefore = await peer?.processor();
  for (let index = 0; index < rounds; index += 1) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    await round();
    ours.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    ourProcessor += (user + system) / 1e6;
    if (peer) theirs.push(await peer.round());
  }
  const processorAfter = await peer?.processor();
  const ourMemory = process.resourceUsage().maxRSS / 1024;
  const theirMemory = await peer?.peakMemory();
  peer?.close();
  if (!options.json) await printProfile(round);

  const seconds = median(ours);
  const theirSeconds = peer && median(theirs);
  const inUnit = (value: number): number => rounded(tokens === undefined ? value : tokens / value);
  const theirProcessor =
    processorBefore === undefined || processorAfter === undefined
      ? undefined
      : (processorAfter - processorBefore) / rounds;
  return {
    name,
    ours: inUnit(seconds),
    peer: theirSeconds === undefined ? null : inUnit(theirSeconds),
    ratio: theirSeconds === undefined ? null : rounded(theirSeconds / seconds),
    unit: tokens === undefined ? "s" : "tokens/s",
    threads: availableParallelism(),
    shape,
    peakMemory: figures(ourMemory, theirMemory),
    processor: figures(ourProcessor / rounds, theirProcessor),
  };
}

function figures(ours: number, peer: number | undefined): Figures {
  if (peer === undefined) return { ours: rounded(ours), peer: null, ratio: null };
  return { ours: rounded(ours), peer: rounded(peer), ratio: rounded(ours / peer) };
}

/** The mean of the two middle values where the count is even. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** To four significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
