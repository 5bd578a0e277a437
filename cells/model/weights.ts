/**
 * The weights of a model by Hugging Face's names: which there are, what shapes they have, and how they get from a
 * folder onto the device. Frozen weights and weights in training are the same map, so the decoder knows no difference.
 */
import * as tf from "@tensorflow/tfjs";
import type { Matrix, StoredMatrix } from "../device/matrix.ts";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { parseObject } from "./json.ts";
import { type LinearLayer, linearLayers } from "./linear-layers.ts";
import type { ModelConfig } from "./model-config.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { uploadWeight } from "./upload.ts";

export type Weights = ReadonlyMap<string, tf.Tensor>;

/** `[out, in]` of a linear layer. */
export function linearShape(config: ModelConfig, map: LinearLayer): [number, number] {
  const { width, feedForward, heads, keyValueHeads, headWidth } = config;
  switch (map) {
    case "self_attn.q_proj":
      return [heads * headWidth, width];
    case "self_attn.k_proj":
    case "self_attn.v_proj":
      return [keyValueHeads * headWidth, width];
    case "self_attn.o_proj":
      return [width, heads * headWidth];
    case "mlp.gate_proj":
    case "mlp.up_proj":
      return [feedForward, width];
    case "mlp.down_proj":
      return [width, feedForward];
  }
}

export const embeddingName = "model.embed_tokens.weight";
export const headName = (config: ModelConfig): string => (config.tied ? embeddingName : "lm_head.weight");

/** Every weight of the model and its shape. A tied head is the embedding and not listed twice. */
export function weightShapes(config: ModelConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[embeddingName, [config.vocabulary, config.width]]]);
  for (let layer = 0; layer < config.layers; layer += 1) {
    const of = `model.layers.${layer}`;
    shapes.set(`${of}.input_layernorm.weight`, [config.width]);
    shapes.set(`${of}.post_attention_layernorm.weight`, [config.width]);
    for (const map of linearLayers) shapes.set(`${of}.${map}.weight`, linearShape(config, map));
    for (const map of config.biases ?? []) shapes.set(`${of}.${map}.bias`, [linearShape(config, map)[0]]);
    if (!config.headNorms) continue;
    for (const norm of ["q_norm", "k_norm"]) shapes.set(`${of}.self_attn.${norm}.weight`, [config.headWidth]);
  }
  shapes.set("model.norm.weight", [config.width]);
  if (!config.tied) shapes.set("lm_head.weight", [config.vocabulary, config.width]);
  return shapes;
}

/** Bytes that may wait for the digest at once. */
const mostUndigested = 16 * 2 ** 20;

/** Bytes of a file that are read at once, unless a single tensor has more: opening a file takes as long as reading a small one. */
const pieceSize = 4 * 2 ** 20;

/**
 * Loads the weights of a folder, one file or shards, piece by piece. The largest come first: what a piece needs on its way
 * is then needed while few are there.
 * @returns the tensors, and a digest over names, shapes and stored values that does not depend on how they are sharded.
 * @throws naming every weight that is missing or has another shape than the config says.
 */
export async function loadWeights(
  folder: string,
  files: readonly string[],
  config: ModelConfig,
): Promise<{ weights: Map<string, tf.Tensor>; digest: string }> {
  const shards = await openShards(folder, files);
  const wanted = weightShapes(config);
  refuseUnfit(wanted, shards, folder);
  const pieces = piecesOf([...wanted.keys()], shards).sort((a, b) => sizeOf(b.names, wanted) - sizeOf(a.names, wanted));
  const loaded = new Map<string, tf.Tensor>();
  const digesting = new Set<Promise<void>>();
  const digests: string[] = [];
  let undigested = 0;
  // One piece is read while another is taken; in memory that is used again, as fresh memory costs more than the reading.
  const buffers = [0, 1].map(() => new Uint8Array(pieceSize));
  const read = (at: number): Promise<StoredMatrix[]> | undefined => {
    const reading = pieces[at]?.file.readPiece(pieces[at]!.names, buffers[at % 2]);
    // Whoever awaits it hears of it; if an earlier one fails, nobody does.
    reading?.catch(() => {});
    return reading;
  };
  const digest = async (name: string, { dtype, shape, bytes }: StoredMatrix): Promise<void> => {
    undigested += bytes.length;
    const type = dtype === "F32" ? "" : `${dtype} `;
    digests.push(`${name} ${shape.join("x")} ${type}${await sha256(bytes)}`);
    undigested -= bytes.length;
  };
  try {
    let reading = read(0);
    for (const [place, { names }] of pieces.entries()) {
      const stored = (await reading)!;
      reading = read(place + 1);
      for (const [at, name] of names.entries()) {
        // Both copy what they need before they return.
        const done: Promise<void> = digest(name, stored[at]!).finally(() => digesting.delete(done));
        digesting.add(done);
        loaded.set(name, uploadWeight(stored[at]!));
      }
      while (undigested > mostUndigested) await Promise.race(digesting);
    }
    await Promise.all(digesting);
  } catch (error) {
    tf.dispose([...loaded.values()]);
    throw error;
  }
  const weights = new Map([...wanted.keys()].map((name) => [name, loaded.get(name)!]));
  return { weights, digest: await sha256(digests.sort().join("\n")) };
}

type Piece = { readonly file: SafetensorsFile; readonly names: readonly string[] };

function piecesOf(names: readonly string[], shards: ReadonlyMap<string, SafetensorsFile>): Piece[] {
  return [...new Set(shards.values())].flatMap((file) => {
    const own = names.filter((name) => shards.get(name) === file);
    return file.pieces(own, pieceSize).map((piece) => ({ file, names: piece }));
  });
}

/** Elements of all of them. */
function sizeOf(names: readonly string[], shapes: ReadonlyMap<string, readonly number[]>): number {
  return names.reduce((sum, name) => sum + shapes.get(name)!.reduce((product, n) => product * n, 1), 0);
}

/** Told from the headers alone, so that a wrong folder is refused before any weight is read. */
function refuseUnfit(
  wanted: ReadonlyMap<string, readonly number[]>,
  shards: ReadonlyMap<string, SafetensorsFile>,
  folder: string,
): void {
  const missing = [...wanted.keys()].filter((name) => !shards.get(name)?.names.includes(name));
  const misshapen = [...wanted].flatMap(([name, shape]) => {
    const found = missing.includes(name) ? shape : shards.get(name)!.shape(name);
    if (found.join() === shape.join()) return [];
    return [`"${name}" has the shape [${found.join(", ")}] where config.json makes it [${shape.join(", ")}]`];
  });
  const wrong = missing.length > 0 ? [`${listed(missing)} missing`] : [];
  if (misshapen.length > 0) wrong.push(listed(misshapen));
  if (wrong.length > 0) throw new Error(`The weights of ${folder} do not fit its config.json: ${wrong.join("; ")}.`);
}

/** Copies tensors off the device, to be written to a file. */
export async function downloadWeights(weights: Weights): Promise<Map<string, Matrix>> {
  // All are asked for at once, so that they are the values of this moment even where the tensors are freed right after.
  const reading = [...weights].map(async ([name, tensor]): Promise<[string, Matrix]> => {
    const { shape } = tensor;
    return [name, { shape, values: (await tensor.data()) as Float32Array }];
  });
  return new Map(await Promise.all(reading));
}

/** Which file holds which weight. */
async function openShards(folder: string, files: readonly string[]): Promise<Map<string, SafetensorsFile>> {
  const open = (file: string): Promise<SafetensorsFile> => {
    const path = `${folder}/${file}`;
    return openSafetensors((...range) => host().readRange(path, ...range), path);
  };
  if (files.includes("model.safetensors")) {
    const file = await open("model.safetensors");
    return new Map(file.names.map((name) => [name, file]));
  }
  const index = `${folder}/model.safetensors.index.json`;
  const map = parseObject(new TextDecoder().decode(await host().readFile(index)), index).weight_map;
  if (typeof map !== "object" || map === null) throw new Error(`${index} has no weight_map.`);
  const opened = new Map<string, SafetensorsFile>();
  const shards = new Map<string, SafetensorsFile>();
  for (const [name, file] of Object.entries(map as Record<string, string>)) {
    if (file.includes("/") || file.includes("\\"))
      throw new Error(`${index} names a file outside its folder: ${file}.`);
    if (!opened.has(file)) opened.set(file, await open(file));
    shards.set(name, opened.get(file)!);
  }
  return shards;
}

/** The first few, and how many more there are. */
function listed(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}
