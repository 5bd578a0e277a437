/**
 * Loads a model's weights from its folder to the device, from one safetensors file or several shards. While one piece of a file is
 * copied to the device and added to the digest, the next is read.
 */
import * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "../device/matrix.ts";
import { host } from "../host.ts";
import { isRecord, parseObject } from "../json.ts";
import type { ModelConfig } from "./model-config.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { floatWidths } from "./safetensors-header.ts";
import { startUpload, type Upload } from "./upload.ts";
import { weightDigests } from "./weight-digests.ts";
import { weightShapes } from "./weights.ts";

/** Bytes per read. Opening a file takes as long as reading a small one, so small tensors are read together. */
const pieceSize = 4 * 2 ** 20;

/**
 * Large weights are read in parts, so that no second copy of one is in memory. Largest first: a backend that needs all bytes of a weight
 * at once then needs the most temporary memory while few weights are loaded.
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
  const reads = readsOf([...expected.keys()], shards, expected);
  const loaded = new Map<string, tf.Tensor>();
  const digests = weightDigests();
  let open: Upload | undefined;
  // Two buffers, used in turn for all reads: allocating memory for each would take longer than reading.
  const buffers = [0, 1].map(() => new Uint8Array(pieceSize));
  const start = (at: number): Promise<StoredMatrix[]> | undefined => {
    const reading = reads[at] && storedBy(reads[at], buffers[at % 2]!);
    // The loop below gets the error when it awaits this read. If it fails before, nobody awaits it.
    reading?.catch(() => {});
    return reading;
  };
  try {
    let reading = start(0);
    for (const [place, { names, part }] of reads.entries()) {
      const stored = (await reading)!;
      reading = start(place + 1);
      for (const [at, name] of names.entries()) {
        // Digest and upload both copy the bytes before they return, so the buffer can be used again.
        digests.add(name, stored[at]!, part?.fromRow);
        open ??= startUpload(stored[at]!);
        open.write(stored[at]!.bytes, part?.fromRow ?? 0);
        if (part && part.toRow < stored[at]!.shape[0]!) continue;
        loaded.set(name, open.finish());
        open = undefined;
      }
      await digests.room();
    }
    const weights = new Map([...expected.keys()].map((name) => [name, loaded.get(name)!]));
    return { weights, digest: await digests.all() };
  } catch (error) {
    open?.abandon();
    tf.dispose([...loaded.values()]);
    throw error;
  }
}

/** From the name of each weight to the file that holds it. */
type Shards = ReadonlyMap<string, SafetensorsFile>;
type Shapes = ReadonlyMap<string, readonly number[]>;

/** Rows of a weight that is read in parts. */
type Part = { readonly fromRow: number; readonly toRow: number };
/** Several whole weights that lie side by side in a file, or a part of one. */
type Read = { readonly file: SafetensorsFile; readonly names: readonly string[]; readonly part?: Part };

function readsOf(names: readonly string[], shards: Shards, shapes: Shapes): Read[] {
  const pieces = [...new Set(shards.values())].flatMap((file) => {
    const inFile = names.filter((name) => shards.get(name) === file);
    return file.pieces(inFile, pieceSize).map((piece) => ({ file, names: piece }));
  });
  pieces.sort((a, b) => sizeOf(b.names, shapes) - sizeOf(a.names, shapes));
  return pieces.flatMap((piece): Read[] => {
    const [name, ...others] = piece.names;
    if (others.length > 0) return [piece];
    return partsOf(piece.file, name!).map((part) => (part ? { ...piece, part } : piece));
  });
}

/** Parts of at most `pieceSize`, in multiples of eight rows as `Upload` takes them; undefined for a weight that is read whole. */
function partsOf(file: SafetensorsFile, name: string): (Part | undefined)[] {
  const shape = file.shape(name);
  const rows = shape[0] ?? 1;
  const step = 8 * Math.max(1, Math.floor(pieceSize / rowBytes(file, name) / 8));
  if (rows <= step) return [undefined];
  return Array.from({ length: Math.ceil(rows / step) }, (_, part) => {
    return { fromRow: part * step, toRow: Math.min(rows, (part + 1) * step) };
  });
}

function rowBytes(file: SafetensorsFile, name: string): number {
  const width = file
    .shape(name)
    .slice(1)
    .reduce((product, n) => product * n, 1);
  return width * floatWidths[file.dtype(name)];
}

/** The stored weights, or the bytes of one part with the shape of the whole. */
async function storedBy({ file, names, part }: Read, buffer: Uint8Array<ArrayBuffer>): Promise<StoredMatrix[]> {
  if (!part) return file.readPiece(names, buffer);
  const name = names[0]!;
  const row = rowBytes(file, name);
  const bytes = await file.readBytes(name, part.fromRow * row, part.toRow * row, buffer);
  return [{ dtype: file.dtype(name), shape: file.shape(name), bytes }];
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
