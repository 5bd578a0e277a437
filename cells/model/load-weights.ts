/**
 * Loads a model's weights from its folder to the device, from one safetensors file or several shards. While one piece of a file is
 * copied to the device and added to the digest, the next is read.
 */
import * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "../device/matrix.ts";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { isRecord, parseObject } from "../json.ts";
import type { ModelConfig } from "./model-config.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { uploadWeight } from "./upload.ts";
import { weightShapes } from "./weights.ts";

/** The most bytes that wait for their digest at a time. */
const maxUndigested = 16 * 2 ** 20;

/** Bytes per read, unless a single tensor has more. Opening a file takes as long as reading a small one, so small tensors are read together. */
const pieceSize = 4 * 2 ** 20;

/**
 * Largest pieces first: their temporary memory is then needed while few weights are loaded.
 * @returns the tensors, and a digest over names, shapes and stored values that does not depend on the sharding
 * @throws listing the weights that are missing or have another shape than config.json says.
 */
export async function loadWeights(
  folder: string,
  files: readonly string[],
  config: ModelConfig,
): Promise<{ weights: Map<string, tf.Tensor>; digest: string }> {
  const shards = await openShards(folder, files);
  const expected = weightShapes(config);
  requireFit(expected, shards, folder);
  const pieces = piecesOf([...expected.keys()], shards).sort(
    (a, b) => sizeOf(b.names, expected) - sizeOf(a.names, expected),
  );
  const loaded = new Map<string, tf.Tensor>();
  const digesting = new Set<Promise<void>>();
  const digests: string[] = [];
  let undigested = 0;
  // Two buffers, used in turn for all pieces: allocating memory for each would take longer than reading.
  const buffers = [0, 1].map(() => new Uint8Array(pieceSize));
  const read = (at: number): Promise<StoredMatrix[]> | undefined => {
    const reading = pieces[at]?.file.readPiece(pieces[at]!.names, buffers[at % 2]);
    // The loop below gets the error when it awaits this read. If it fails before, nobody awaits it.
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
        // Digest and upload both copy the bytes before they return, so the buffer can be used again.
        const done: Promise<void> = digest(name, stored[at]!).finally(() => digesting.delete(done));
        digesting.add(done);
        loaded.set(name, uploadWeight(stored[at]!));
      }
      while (undigested > maxUndigested) await Promise.race(digesting);
    }
    await Promise.all(digesting);
  } catch (error) {
    tf.dispose([...loaded.values()]);
    throw error;
  }
  const weights = new Map([...expected.keys()].map((name) => [name, loaded.get(name)!]));
  return { weights, digest: await sha256(digests.sort().join("\n")) };
}

/** From the name of each weight to the file that holds it. */
type Shards = ReadonlyMap<string, SafetensorsFile>;
type Shapes = ReadonlyMap<string, readonly number[]>;
type Piece = { readonly file: SafetensorsFile; readonly names: readonly string[] };

function piecesOf(names: readonly string[], shards: Shards): Piece[] {
  return [...new Set(shards.values())].flatMap((file) => {
    const inFile = names.filter((name) => shards.get(name) === file);
    return file.pieces(inFile, pieceSize).map((piece) => ({ file, names: piece }));
  });
}

/** The number of elements of all these weights. */
function sizeOf(names: readonly string[], shapes: Shapes): number {
  return names.reduce((sum, name) => sum + shapes.get(name)!.reduce((product, n) => product * n, 1), 0);
}

/** Compares the headers with the config, so that a wrong folder is reported before any weight is read. */
function requireFit(expected: Shapes, shards: Shards, folder: string): void {
  const missing = [...expected.keys()].filter((name) => !shards.get(name)?.names.includes(name));
  const misshapen = [...expected].flatMap(([name, shape]) => {
    const found = missing.includes(name) ? shape : shards.get(name)!.shape(name);
    if (found.join() === shape.join()) return [];
    return [`"${name}" has the shape [${found.join(", ")}], but config.json implies [${shape.join(", ")}]`];
  });
  const faults = missing.length > 0 ? [`${listed(missing)} missing`] : [];
  if (misshapen.length > 0) faults.push(listed(misshapen));
  if (faults.length > 0) throw new Error(`The weights in ${folder} do not fit its config.json: ${faults.join("; ")}.`);
}

async function openShards(folder: string, files: readonly string[]): Promise<Shards> {
  const open = (file: string): Promise<SafetensorsFile> => {
    const path = `${folder}/${file}`;
    return openSafetensors((...range) => host().readRange(path, ...range), path);
  };
  if (files.includes("model.safetensors")) {
    const file = await open("model.safetensors");
    return new Map(file.names.map((name) => [name, file]));
  }
  const index = `${folder}/model.safetensors.index.json`;
  const fileOf = parseObject(new TextDecoder().decode(await host().readFile(index)), index).weight_map;
  if (!isRecord(fileOf)) throw new Error(`${index} has no weight_map. Download the file again.`);
  const opened = new Map<string, SafetensorsFile>();
  const shards = new Map<string, SafetensorsFile>();
  for (const [name, file] of Object.entries(fileOf as Record<string, string>)) {
    if (file.includes("/") || file.includes("\\"))
      throw new Error(`${index} names a file outside its folder: ${file}. Shards must be in the same folder.`);
    if (!opened.has(file)) opened.set(file, await open(file));
    shards.set(name, opened.get(file)!);
  }
  return shards;
}

/** The first five, and how many more there are. */
function listed(items: readonly string[]): string {
  return items.slice(0, 5).join(", ") + (items.length > 5 ? ` and ${items.length - 5} more` : "");
}
