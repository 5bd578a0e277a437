import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { folderLine, folderMemory } from "../../../server/kernel/doctor-folders.ts";
import { writeRandomFolder } from "../../bench/random-folder.ts";
import { embedded } from "../../bench/shapes.ts";

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "palimpsest-doctor-"));
  await writeRandomFolder(join(place, "one"), embedded);
  await writeRandomFolder(join(place, "shards"), embedded, 2);
});
afterAll(() => rm(place, { recursive: true }));

it("the doctor says what a model folder needs, from its config and the size of its files", async () => {
  const [one, shards] = [
    await folderMemory(join(place, "one"), "wasm", 4e9),
    await folderMemory(join(place, "shards"), "wasm", 4e9),
  ];
  expect(shards.training).toEqual(one.training);
  const elements = 1152 * 128 + 4 * (2 * 128 * 128 + 2 * 64 * 128 + 3 * 352 * 128);
  expect(one.training.weights).toBeCloseTo(2 * elements + 4 * 9 * 128, 0);
  expect(one.generation).toBeLessThan(one.training.total);
  expect(one.warning).toBeUndefined();
  expect(folderLine(one)).toMatch(
    /on wasm: about \d+ MB to generate .* to train a LoRA of rank 16 on 4 × 256 tokens \(weights /,
  );
});

it("the doctor warns of a training that does not fit, and names what is missing in a folder", async () => {
  const { warning, ...report } = await folderMemory(join(place, "one"), "wasm", 10e6);
  expect(warning).toMatch(/checkpointing: true/);
  expect(folderLine({ ...report, warning: warning! })).toContain("! This training needs");
  await expect(folderMemory(place, "wasm", 4e9)).rejects.toThrow("no config.json");
  await rm(join(place, "one", "model.safetensors"));
  await writeFile(join(place, "one", "notes.txt"), "");
  await expect(folderMemory(join(place, "one"), "wasm", 4e9)).rejects.toThrow("has no weights");
});
