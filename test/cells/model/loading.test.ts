import { execFile } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setHost } from "../../../cells/host.ts";
import { loadWeights } from "../../../cells/model/load-weights.ts";
import { weightShapes } from "../../../cells/model/weights.ts";
import { Files } from "../../../server/kernel/files.ts";
import { writeRandomFolder } from "../../bench/random-folder.ts";
import { small135m } from "../../bench/shapes.ts";
import { bareHost } from "../bare-host.ts";
import { backends } from "../device/backends.ts";
import { useBackend } from "./backend.ts";

/** About 100 MB in 16 bits, which is much beside what the process itself takes. As in small models, one table is a large part of it. */
const config = { ...small135m, layers: 10, vocabulary: 20_000, tied: false };

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "palimpsest-loading-"));
  await Promise.all([
    writeRandomFolder(join(place, "one-file"), config),
    writeRandomFolder(join(place, "shards"), config, 3),
  ]);
});
afterAll(() => rm(place, { recursive: true }));

type Loading = { readonly before: number; readonly peak: number; readonly weights: number };

async function load(folder: string, backend: string): Promise<Loading> {
  const entry = fileURLToPath(new URL("./loading.ts", import.meta.url));
  const words = ["--expose-gc", "--import", import.meta.resolve("tsx"), entry, join(place, folder), backend];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Loading;
}

describe.each(backends.filter((backend) => backend !== "webgpu"))("loading 16-bit weights on %s", (backend) => {
  it.each(["one-file", "shards"])("needs at most 1.3 times the memory of the weights (%s)", async (folder) => {
    const { before, peak, weights } = await load(folder, backend);
    const parameters = [...weightShapes(config).values()].reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b),
      0,
    );
    expect(weights / parameters).toBeCloseTo(backend === "wasm" ? 2 : 4, 2);
    // 16 MB for the runtime: newly compiled code and the young generation of its heap.
    expect((peak - before - 16e6) / weights).toBeLessThanOrEqual(1.3);
    expect((peak - before) / weights).toBeGreaterThan(0.9);
  });
});

it("a file above 2 GiB loads: only the ranges of its tensors are read", async () => {
  await useBackend("wasm");
  const tiny = {
    ...config,
    layers: 1,
    vocabulary: 100,
    width: 64,
    feedForward: 64,
    heads: 1,
    keyValueHeads: 1,
    tied: true,
  };
  const [whole, large] = [join(place, "tiny"), join(place, "large")];
  await writeRandomFolder(whole, tiny);
  await mkdir(large);
  const bytes = await readFile(join(whole, "model.safetensors"));
  const length = Number(bytes.readBigUInt64LE(0));
  // A hole in the file takes no room on the disk.
  const hole = 2 ** 31 + 2 ** 20;
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<string, { data_offsets?: number[] }>;
  for (const entry of Object.values(header)) {
    if (entry.data_offsets) entry.data_offsets = entry.data_offsets.map((at) => at + hole);
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const file = await open(join(large, "model.safetensors"), "w");
  await file.write(Buffer.concat([size, text]), 0, undefined, 0);
  await file.write(bytes.subarray(8 + length), 0, undefined, 8 + text.length + hole);
  await file.close();
  const files = new Files(join(place, "n.ts"), place);
  setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
  const [one, other] = [
    await loadWeights(whole, ["model.safetensors"], tiny),
    await loadWeights(large, ["model.safetensors"], tiny),
  ];
  expect(other.digest).toBe(one.digest);
  for (const [name, tensor] of one.weights) expect(await other.weights.get(name)!.data()).toEqual(await tensor.data());
  tf.dispose([...one.weights.values(), ...other.weights.values()]);
});
