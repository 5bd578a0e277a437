/** A model folder in memory: one layer, random weights, the reference byte-level tokenizer. */
import { readFileSync } from "node:fs";
import type * as tf from "@tensorflow/tfjs";
import { printConfig } from "../../../cells/model/config.ts";
import type { ModelConfig } from "../../../cells/model/model-config.ts";
import type { TokenizerFiles } from "../../../cells/model/tokenizer.ts";
import { downloadWeights } from "../../../cells/model/weights.ts";
import { writeSafetensors } from "../../../cells/model/write-safetensors.ts";
import { random } from "../../../cells/random.ts";
import { initialWeights } from "../../../cells/train/step/initial-weights.ts";
import type { BareHost } from "../bare-host.ts";
import { goldenFolder } from "./golden.ts";

const read = (file: string): string => readFileSync(goldenFolder(`metrics/tokenizer-byte-bpe/${file}`), "utf8");

export const tinyTokenizer: TokenizerFiles = {
  tokenizer: read("tokenizer.json"),
  config: read("tokenizer_config.json"),
  template: read("chat_template.jinja"),
};

const vocabulary = Math.max(
  ...Object.values((JSON.parse(tinyTokenizer.tokenizer) as { model: { vocab: Record<string, number> } }).model.vocab),
);

export const tinyConfig: ModelConfig = {
  vocabulary: vocabulary + 1,
  width: 16,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 8,
  feedForward: 24,
  normEpsilon: 1e-5,
  ropeBase: 10_000,
  ropeScaling: undefined,
  tied: true,
  positions: 128,
  beginToken: 1,
  endTokens: [2],
};

/** Writes the folder into the host's files. @returns its path */
export async function tinyFolder(host: BareHost, { seed = 1, shards = 1 } = {}): Promise<string> {
  const folder = `tiny-${seed}-${shards}`;
  const put = (file: string, data: Uint8Array | string): Promise<void> => host.writeFile(`${folder}/${file}`, data);
  await put("config.json", printConfig(tinyConfig));
  await put("tokenizer.json", tinyTokenizer.tokenizer);
  await put("tokenizer_config.json", tinyTokenizer.config);
  await put("chat_template.jinja", tinyTokenizer.template!);
  const normal = random(seed, "tiny").normal;
  // Larger than for training, so that the output depends on the input.
  const tensors = initialWeights(tinyConfig, () => 10 * normal());
  const weights = await downloadWeights(tensors);
  for (const tensor of tensors.values() as Iterable<tf.Tensor>) tensor.dispose();
  if (shards === 1) {
    await put("model.safetensors", writeSafetensors(weights));
    return folder;
  }
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const part = new Map([...weights].filter((_, at) => at % shards === shard));
    for (const name of part.keys()) weightMap[name] = `shard-${shard}.safetensors`;
    await put(`shard-${shard}.safetensors`, writeSafetensors(part));
  }
  await put("model.safetensors.index.json", JSON.stringify({ weight_map: weightMap }));
  return folder;
}
