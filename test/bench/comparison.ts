/**
 * Rounds of ours and of the peer in turn, and their medians as the line that a bench prints. Without `--json`, also where the time of
 * one more round goes.
 */
import { availableParallelism } from "node:os";
import * as tf from "@tensorflow/tfjs";
import type { BenchOptions } from "./bench.ts";
import { startPeer } from "./peer.ts";
import type { Shape } from "./shapes.ts";

type Asked = {
  readonly name: string;
  readonly shape: Shape;
  /** What a round writes or reads, for tokens/s; without it the measure is seconds. */
  readonly tokens?: number;
  readonly rounds: number;
  /** What `peer.py` is to do. */
  readonly task: object;
  readonly round: () => Promise<void>;
};

type Pair = { readonly ours: number; readonly peer: number | null; readonly ratio: number | null };

/**
 * `ratio` is ours ÷ peer in throughput. `peakMemory` is in MB, `processor` in seconds of all threads for a round, and their ratios are
 * ours ÷ peer: there, less is better. Processor time says more where other programs take a share of the machine.
 */
export type Measured = Pair & {
  readonly name: string;
  readonly unit: "tokens/s" | "s";
  readonly threads: number;
  readonly shape: Shape;
  readonly peakMemory: Pair;
  readonly processor: Pair;
};

export async function measure({ peer: withPeer, json }: BenchOptions, asked: Asked): Promise<Measured> {
  const { name, shape, tokens, rounds, task, round } = asked;
  const peer = withPeer ? await startPeer(task) : undefined;
  await round();
  const [own, its]: [number[], number[]] = [[], []];
  const busy = { own: 0, its: -((await peer?.processor()) ?? 0) };
  for (let turn = 0; turn < rounds; turn += 1) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await round();
    own.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    busy.own += (user + system) / 1e6;
    if (peer) its.push(await peer.round());
  }
  busy.its += (await peer?.processor()) ?? 0;
  const [ours, theirs] = [median(own), peer ? median(its) : null];
  const measured = (seconds: number): number => rounded(tokens === undefined ? seconds : tokens / seconds);
  const memory = process.resourceUsage().maxRSS / 1024;
  const itsMemory = peer ? await peer.memory() : null;
  peer?.close();
  if (!json) await profile(round);
  return {
    name,
    ours: measured(ours),
    peer: theirs === null ? null : measured(theirs),
    ratio: theirs === null ? null : rounded(theirs / ours),
    unit: tokens === undefined ? "s" : "tokens/s",
    threads: availableParallelism(),
    shape,
    peakMemory: pair(memory, itsMemory),
    processor: pair(busy.own / rounds, peer ? busy.its / rounds : null),
  };
}

function pair(ours: number, peer: number | null): Pair {
  return {
    ours: rounded(ours),
    peer: peer === null ? null : rounded(peer),
    ratio: peer === null ? null : rounded(ours / peer),
  };
}

/** Times of the kernels, those that a reference is made of included in its own. */
async function profile(round: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const { kernels } = await tf.profile(async () => {
    await round();
    return tf.scalar(0);
  });
  const whole = performance.now() - start;
  const shares = new Map<string, { calls: number; ms: number }>();
  for (const { name, kernelTimeMs } of kernels) {
    const { calls, ms } = shares.get(name) ?? { calls: 0, ms: 0 };
    shares.set(name, { calls: calls + 1, ms: ms + Number(kernelTimeMs) });
  }
  console.log(`${whole.toFixed(0)} ms of one round, by kernels:`);
  for (const [name, { calls, ms }] of [...shares].sort(([, a], [, b]) => b.ms - a.ms).slice(0, 12)) {
    console.log(`${((100 * ms) / whole).toFixed(1).padStart(6)} % ${ms.toFixed(1).padStart(9)} ms ${calls} × ${name}`);
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
