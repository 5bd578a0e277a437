/** Writes a Hugging Face model folder with random weights in bfloat16. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { printConfig } from "../../cells/model/config.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { randomWeights } from "./random-model.ts";

/** @param shards the number of weight files; with more than one, an index file is written as well */
export async function writeRandomFolder(folder: string, config: ModelConfig, shards = 1): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), printConfig(config));
  const tensors = [...randomWeights(config)].map(({ name, shape, values }, index) => ({
    name,
    shape,
    bytes: bfloat16(values),
    file: index % shards,
  }));
  const fileName = (file: number): string => (shards === 1 ? "model.safetensors" : `model-${file}.safetensors`);
  for (let file = 0; file < shards; file += 1) {
    const inFile = tensors.filter((tensor) => tensor.file === file);
    const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
    let offset = 0;
    for (const { name, shape, bytes } of inFile) {
      header[name] = { dtype: "BF16", shape, data_offsets: [offset, offset + bytes.length] };
      offset += bytes.length;
    }
    const headerBytes = Buffer.from(JSON.stringify(header));
    const headerLength = Buffer.alloc(8);
    headerLength.writeBigUInt64LE(BigInt(headerBytes.length));
    const handle = await open(join(folder, fileName(file)), "w");
    for (const bytes of [headerLength, headerBytes, ...inFile.map((tensor) => tensor.bytes)]) await handle.write(bytes);
    await handle.close();
  }
  if (shards === 1) return;
  const weightMap = Object.fromEntries(tensors.map(({ name, file }) => [name, fileName(file)]));
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: weightMap }));
}

/** Truncates: the upper 16 bits of each float32. */
function bfloat16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < halves.length; at += 1) halves[at] = bits[at]! >>> 16;
  return new Uint8Array(halves.buffer);
}
