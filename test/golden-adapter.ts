/**
 * Checks an adapter that PEFT saved: the logits of its base with it, as in training and as in generation, after it was written and read
 * again, and merged into the base.
 */
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { type Adapter, disposeAdapter, holdAdapter } from "../cells/model/adapter.ts";
import { readAdapter, writeAdapter } from "../cells/model/adapter-files.ts";
import { type Decoder, prepared } from "../cells/model/decoder.ts";
import { mergeAdapter } from "../cells/model/merge.ts";
import { layOut } from "../cells/model/target-rows.ts";
import { goldenAdapter, goldenDecoder, goldenLogits } from "./cells/model/golden.ts";
import type { Check } from "./golden-result.ts";

/** `base` is a reference model beside this folder; `logits` are those at the `places`. */
type Golden = {
  readonly base: string;
  readonly ids: number[];
  readonly places: number[];
  readonly logits: number[][];
};

const limit = 2e-4;

export async function* checkAdapterKind(folder: string): AsyncGenerator<Check> {
  const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8")) as Golden;
  const decoder = await goldenDecoder(`${folder}/../../${golden.base}`);
  const adapter = await goldenAdapter(decoder, folder);
  const error = (of: Decoder, held: Adapter | undefined): Promise<number> => errorOf(of, held, golden);
  try {
    yield { name: "logits in training", error: await error(decoder, adapter), limit };
    const held = prepared(decoder, holdAdapter(adapter));
    yield { name: "logits in generation", error: await error(decoder, held), limit };
    disposeAdapter(held);
    const again = await readAdapter(decoder.config, await writeAdapter(adapter, golden.base), "what was written");
    yield { name: "logits after writing and reading", error: await error(decoder, again), limit };
    disposeAdapter(again);
    const merged = mergeAdapter(decoder, adapter);
    yield { name: "logits of the merged model", error: await error(merged.decoder, undefined), limit };
    tf.dispose(merged.made);
  } finally {
    disposeAdapter(adapter);
    tf.dispose([decoder.frequencies, ...decoder.weights.values()]);
  }
}

async function errorOf(
  decoder: Decoder,
  adapter: Adapter | undefined,
  { ids, places, logits }: Golden,
): Promise<number> {
  const [found] = await goldenLogits(decoder, adapter, layOut([{ ids, spans: [] }]));
  const gaps = places.flatMap((place, at) =>
    found![place]!.map((value, token) => Math.abs(value - logits[at]![token]!)),
  );
  return gaps.length > 0 && gaps.every(Number.isFinite) ? Math.max(...gaps) : Number.POSITIVE_INFINITY;
}
