/**
 * Beam search, with the scores and the end of the search as transformers has them: the sum of ln p, divided by the number of tokens to
 * the power of the length penalty; the search for a prompt ends when its best open beam cannot be better than its worst finished one
 * at the present length. Each prompt has its own search, so the result does not depend on the other prompts.
 */
import * as tf from "@tensorflow/tfjs";
import type { BeamOptions } from "../contracts.ts";
import { host } from "../host.ts";
import { pow } from "../portable-math.ts";
import type { Adapter } from "./adapter.ts";
import type { Decoder } from "./decoder.ts";
import { type Batch, disposeBatch, regroup } from "./generation-batch.ts";
import { type NewTokens, nextLogits, promptBatch } from "./next-logits.ts";
import { requireFinite } from "./not-finite.ts";

export type BeamSettings = {
  readonly beams: number;
  readonly lengthPenalty: number;
  readonly maxTokens: number;
  readonly stopTokens: ReadonlySet<number>;
  readonly label: string | undefined;
  readonly afterRow?: ((row: Hypothesis, prompt: number) => void) | undefined;
  readonly pace?: (() => Promise<void>) | undefined;
  readonly afterToken?: ((tokens: readonly number[], prompt: number) => boolean) | undefined;
};

/** The generated tokens, without the one that ended the turn. */
type Hypothesis = { readonly tokens: readonly number[]; readonly ended: boolean };

/** One open beam: a row of the batch. `score`: the sum of ln p. */
type Beam = {
  readonly search: Search;
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  readonly score: number;
  cached: number;
};

type Search = {
  readonly index: number;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  /** The best ones, best first. `score`: with the length penalty. */
  finished: readonly (Hypothesis & { readonly score: number })[];
};

/** The most likely next tokens of each row, best first, and their ln p. */
type Likely = { readonly tokens: Int32Array; readonly logs: Float32Array; readonly count: number };

const ROWS = 64;

/** @throws naming the first setting that is invalid, or that does not go with beams */
export function checkBeams(options: BeamOptions & Readonly<Record<string, unknown>>): void {
  const { beams = 1, lengthPenalty } = options;
  if (!(Number.isInteger(beams) && beams >= 1))
    throw new Error(`Generation cannot start: beams must be a whole number of at least 1, not ${beams}.`);
  if (lengthPenalty !== undefined && !Number.isFinite(lengthPenalty))
    throw new Error(`Generation cannot start: lengthPenalty must be a finite number, not ${lengthPenalty}.`);
  if (beams === 1) {
    if (lengthPenalty === undefined) return;
    throw new Error("Generation cannot start: lengthPenalty needs beams, such as beams: 4.");
  }
  const neutral = { temperature: 0, topP: 1, repetitionPenalty: 1, topK: undefined };
  for (const [name, value] of Object.entries(neutral))
    if (options[name] !== undefined && options[name] !== value)
      throw new Error(
        `Generation cannot start: ${name} does not go with beams, which search for the most likely text. Leave one of them out.`,
      );
}

/** @param prompts not empty, and within the model's positions @returns the best continuation of each, in order */
export async function beamSearch(
  decoder: Decoder,
  adapter: Adapter | undefined,
  prompts: readonly (readonly number[])[],
  settings: BeamSettings,
): Promise<Hypothesis[]> {
  const { beams, maxTokens, label, afterRow } = settings;
  const searches = prompts.map((prompt, index): Search => {
    return { index, prompt, maxTokens: Math.min(maxTokens, decoder.config.positions - prompt.length), finished: [] };
  });
  const results: Hypothesis[] = searches.map(() => ({ tokens: [], ended: false }));
  // Prompts of similar length are read together.
  const queue = searches
    .filter((search) => search.maxTokens > 0)
    .sort((a, b) => b.prompt.length - a.prompt.length || a.index - b.index);
  let done = searches.length - queue.length;
  while (queue.length > 0) {
    if (label !== undefined) host().progress(label, done, searches.length);
    const group = queue.splice(0, Math.max(1, Math.floor(ROWS / beams)));
    await searchGroup(decoder, adapter, group, settings);
    for (const { index, finished } of group) {
      const { tokens, ended } = finished[0]!;
      results[index] = { tokens, ended };
      afterRow?.({ tokens, ended }, index);
    }
    done += group.length;
  }
  if (label !== undefined) host().progress(label, done, searches.length);
  return results;
}

async function searchGroup(
  decoder: Decoder,
  adapter: Adapter | undefined,
  group: readonly Search[],
  settings: BeamSettings,
): Promise<void> {
  const first = group.map((search): Beam => ({ search, prompt: search.prompt, tokens: [], score: 0, cached: 0 }));
  const longest = Math.max(...first.map(({ prompt }) => prompt.length));
  const room = { filled: longest, capacity: longest + settings.maxTokens };
  let { batch, tokens }: { batch: Batch<Beam>; tokens: NewTokens } = promptBatch(decoder, first, room);
  try {
    for (;;) {
      await host().breathe();
      await settings.pace?.();
      const next = grown(batch.rows, await likely(decoder, adapter, batch, tokens, settings), settings);
      if (next.length === 0) return;
      // The cache of each row is that of the beam that it continues.
      batch = {
        ...regroup(
          decoder,
          batch,
          next.map(({ from }) => from),
          undefined,
        ),
        rows: next.map(({ beam }) => beam),
      };
      tokens = {
        ids: Int32Array.from(batch.rows, (beam) => beam.tokens.at(-1)!),
        positions: Int32Array.from(batch.rows, ({ cached }) => cached),
      };
      for (const beam of batch.rows) beam.cached += 1;
    }
  } finally {
    disposeBatch(batch);
  }
}

/** So many that, if each beam ends its turn with each stop token, enough others are left to go on with. */
const candidatesOf = ({ beams, stopTokens }: Pick<BeamSettings, "beams" | "stopTokens">): number =>
  Math.max(2, 1 + stopTokens.size) * beams;

async function likely(
  decoder: Decoder,
  adapter: Adapter | undefined,
  batch: Batch<Beam>,
  tokens: NewTokens,
  { beams, stopTokens }: BeamSettings,
): Promise<Likely> {
  const count = Math.min(candidatesOf({ beams, stopTokens }), decoder.config.vocabulary);
  const [values, indices] = tf.tidy(() => {
    const logits = nextLogits(decoder, adapter, batch, tokens);
    const top = tf.topk(logits, count);
    return [tf.sub(top.values, tf.logSumExp(logits, 1, true)), top.indices];
  }) as [tf.Tensor, tf.Tensor];
  const found = { tokens: await indices.data<"int32">(), logs: await values.data<"float32">(), count };
  tf.dispose([values, indices]);
  for (let at = 0; at < found.logs.length; at += count) requireFinite(found.logs[at]!);
  return found;
}

/** The beams that go on, each with the row that it continues. Finished ones are added to their searches. */
function grown(rows: readonly Beam[], likely: Likely, settings: BeamSettings): { beam: Beam; from: number }[] {
  const bySearch = new Map<Search, number[]>();
  for (const [at, { search }] of rows.entries()) bySearch.set(search, [...(bySearch.get(search) ?? []), at]);
  return [...bySearch].flatMap(([search, own]) => {
    const candidates = own
      .flatMap((from) =>
        Array.from({ length: likely.count }, (_, rank) => {
          const at = from * likely.count + rank;
          return { from, token: likely.tokens[at]!, score: rows[from]!.score + likely.logs[at]! };
        }),
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, candidatesOf(settings));
    return continued(search, candidates, rows, settings);
  });
}

type Candidate = { readonly from: number; readonly token: number; readonly score: number };

function continued(
  search: Search,
  candidates: readonly Candidate[],
  rows: readonly Beam[],
  { beams, lengthPenalty, stopTokens, afterToken }: BeamSettings,
): { beam: Beam; from: number }[] {
  const length = rows[candidates[0]!.from]!.tokens.length + 1;
  const penalty = pow(length, lengthPenalty);
  const open: { beam: Beam; from: number }[] = [];
  const finished = [...search.finished];
  for (const [rank, { from, token, score }] of candidates.entries()) {
    // Later candidates are there only to go on with, in the place of those that end.
    if (rank >= beams && open.length >= beams) break;
    const row = rows[from]!;
    const isStop = stopTokens.has(token);
    const tokens = isStop ? row.tokens : [...row.tokens, token];
    const ended = isStop || afterToken?.(tokens, search.index) === true;
    if (!ended && length < search.maxTokens) {
      if (open.length < beams) open.push({ beam: { ...row, tokens, score }, from });
    } else if (rank < beams) finished.push({ tokens, ended, score: score / penalty });
  }
  finished.sort((a, b) => b.score - a.score);
  search.finished = finished.slice(0, beams);
  const best = open[0];
  if (!best || search.finished.length < beams) return open;
  return best.beam.score / penalty > search.finished.at(-1)!.score ? open : [];
}
