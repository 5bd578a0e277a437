import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRandomFolder } from "../../bench/random-folder.ts";
import { small135m } from "../../bench/shapes.ts";
import { backends } from "../device/backends.ts";

/** About 100 MB in memory. As in small models, one table is a large part of it. */
const config = { ...small135m, layers: 5, vocabulary: 10_000, tied: false };

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
  const words = ["--import", import.meta.resolve("tsx"), entry, join(place, folder), backend];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Loading;
}

describe.each(backends.filter((backend) => backend !== "webgpu"))("loading 16-bit weights on %s", (backend) => {
  it.each(["one-file", "shards"])("needs at most 1.3 times the memory of the weights (%s)", async (folder) => {
    const { before, peak, weights } = await load(folder, backend);
    expect(weights).toBeGreaterThan(90e6);
    // 16 MB for the runtime: newly compiled code and the young generation of its heap.
    expect((peak - before - 16e6) / weights).toBeLessThanOrEqual(1.3);
    expect((peak - before) / weights).toBeGreaterThan(0.9);
  });
});
