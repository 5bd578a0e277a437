/** The reference models of `test/golden`: PyTorch's numbers, and the model folders for which they were computed. */
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { host } from "../../../cells/host.ts";
import type { Adapter } from "../../../cells/model/adapter.ts";
import { readAdapter } from "../../../cells/model/adapter-files.ts";
import { parseConfig } from "../../../cells/model/config.ts";
import { type Decoder, decoder, forward, head } from "../../../cells/model/decoder.ts";
import type { EncodedSample } from "../../../cells/model/encoded-sample.ts";
import { loadWeights } from "../../../cells/model/load-weights.ts";
import type { TargetBatch } from "../../../cells/model/target-rows.ts";

export type Golden = {
  readonly family: string;
  readonly ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[][];
  readonly weights: number[][];
  readonly logits: number[][][];
  readonly weighted_nll: number;
  readonly greedy: { readonly prompt: number[]; readonly tokens: number[]; readonly smallest_margin: number };
  readonly lora: {
    readonly ids: number[][];
    readonly labels: number[][];
    readonly vocab_size: number;
    readonly loss: number;
    readonly grad_norms: Record<string, number>;
    readonly grad_sample: { readonly name: string; readonly values: number[] };
    readonly adamw: {
      readonly lr: number;
      readonly betas: [number, number];
      readonly eps: number;
      readonly weight_decay: number;
      readonly clip: number;
      readonly loss_and_grad_norm: [number, number][];
    };
    readonly trained_logits_row: number[];
  };
};

export const goldenFolder = (path: string): string =>
  path.startsWith("/") ? path : new URL(`../../golden/${path}`, import.meta.url).pathname;

export async function goldenNumbers(name: string): Promise<Golden> {
  return JSON.parse(await readFile(goldenFolder(`${name}/golden.json`), "utf8")) as Golden;
}

export async function goldenDecoder(name: string): Promise<Decoder> {
  const folder = goldenFolder(name);
  const config = parseConfig(new TextDecoder().decode(await host().readFile(`${folder}/config.json`)), folder);
  return decoder(config, (await loadWeights(folder, await host().listFiles(folder), config)).weights);
}

export async function goldenAdapter(decoder: Decoder, name: string): Promise<Adapter> {
  const folder = goldenFolder(name);
  const config = await readFile(`${folder}/adapter_config.json`, "utf8");
  return readAdapter(
    decoder.config,
    { config, weights: await readFile(`${folder}/adapter_model.safetensors`) },
    folder,
  );
}

/** The reference batch as samples: each label is a target with its own span and weight. */
export function goldenSamples(
  golden: Golden,
  { ids, labels }: Pick<Golden, "ids" | "labels"> = golden,
): EncodedSample[] {
  return ids.map((row, at) => {
    const length = golden.attention_mask[at]!.reduce((sum, bit) => sum + bit, 0);
    const spans = labels[at]!.flatMap((label, t) =>
      label < 0 ? [] : [{ role: "text" as const, weight: golden.weights[at]![t]!, from: t, to: t + 1 }],
    );
    return { ids: row.slice(0, length), spans };
  });
}

/** PEFT's name in memory for the tensor that its files call `name`. */
export function peftName(name: string): string {
  return /lora_[AB]/.test(name)
    ? name.replace(/(lora_[AB])/, "$1.default")
    : name.replace(/(\.[^.]+)$/, ".modules_to_save.default$1");
}

/** The logits at each place of a batch, `[rows][time][vocabulary]`. */
export async function goldenLogits(
  decoder: Decoder,
  adapter: Adapter | undefined,
  batch: TargetBatch,
): Promise<number[][][]> {
  const logits = tf.tidy(() => {
    const shape: [number, number] = [batch.rows, batch.time];
    const hidden = forward(decoder, adapter, {
      ids: tf.tensor2d(batch.ids, shape, "int32"),
      positions: tf.tensor2d(batch.positions, shape, "int32"),
      segments: tf.tensor2d(batch.segments, shape, "int32"),
    });
    const flat: tf.Tensor2D = tf.reshape(hidden, [-1, decoder.config.width]);
    return tf.reshape(tf.matMul(flat, head(decoder, adapter), false, true), [...shape, -1]) as tf.Tensor3D;
  });
  const values = await logits.array();
  logits.dispose();
  return values;
}
