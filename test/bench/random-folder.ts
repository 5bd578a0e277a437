/** A Hugging Face folder of random 16-bit weights, written tensor by tensor. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { printConfig } from "../../cells/model/config.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { randomWeights } from "./shapes.ts";

/** @param shards how many files the weights are spread over */
export async function writeRandomFolder(folder: string, config: ModelConfig, shards = 1): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), printConfig(config));
  const all = [...randomWeights(config)].map(({ name, shape, values }) => ({
    name,
    shape,
    bytes: brainFloats(values),
  }));
  const placed = all.map((tensor, at) => ({ ...tensor, file: at % shards }));
  const fileName = (file: number): string => (shards === 1 ? "model.safetensors" : `model-${file}.safetensors`);
  for (let file = 0; file < shards; file += 1) {
    const own = placed.filter((tensor) => tensor.file === file);
    const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
    let length = 0;
    for (const { name, shape, bytes } of own) {
      header[name] = { dtype: "BF16", shape, data_offsets: [length, length + bytes.length] };
      length += bytes.length;
    }
    const text = Buffer.from(JSON.stringify(header));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(text.length));
    const handle = await open(join(folder, fileName(file)), "w");
    for (const bytes of [start, text, ...own.map((tensor) => tensor.bytes)]) await handle.write(bytes);
    await handle.close();
  }
  if (shards === 1) return;
  const weightMap = Object.fromEntries(placed.map(({ name, file }) => [name, fileName(file)]));
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: weightMap }));
}

/** The upper half of each float32. */
function brainFloats(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < halves.length; at += 1) halves[at] = bits[at]! >>> 16;
  return new Uint8Array(halves.buffer);
}
