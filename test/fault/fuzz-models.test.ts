/** Random and damaged files of downloaded models and adapters. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { disposeAdapter } from "../../cells/model/adapter.ts";
import { readAdapter } from "../../cells/model/adapter-files.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { openSafetensors } from "../../cells/model/safetensors.ts";
import { writeSafetensors } from "../../cells/model/write-safetensors.ts";
import { Files } from "../../server/kernel/files.ts";
import { anything, textOf } from "./any-json.ts";
import { howMany, seed, timeout } from "./soak.ts";

const RUNS = { numRuns: howMany(500, 10_000), seed };

const MODEL: ModelConfig = {
  vocabulary: 16,
  width: 8,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 4,
  feedForward: 8,
  normEpsilon: 1e-5,
  ropeBase: 10_000,
  ropeScaling: undefined,
  tied: true,
  positions: 32,
  beginToken: undefined,
  endTokens: [0],
};

it(
  "a safetensors header is read or refused with the file's name, and never asks for more memory than the file has",
  async () => {
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom("F32", "BF16", "I64"), anything),
        shape: fc.oneof(fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 3 }), anything),
        data_offsets: fc.oneof(fc.tuple(fc.nat(40), fc.nat(40)), anything),
      },
      { requiredKeys: [] },
    );
    // One that is valid but for its place or size, which may be beyond the end of the file.
    const consistent = fc
      .record({ from: fc.oneof(fc.nat(20), fc.nat(2 ** 40)), count: fc.oneof(fc.nat(9), fc.nat(2 ** 40)) })
      .map(({ from, count }) => ({ dtype: "F32", shape: [count], data_offsets: [from, from + 4 * count] }));
    const header = fc.oneof(
      fc.dictionary(
        fc.oneof(fc.string({ maxLength: 5 }), fc.constant("__metadata__")),
        fc.oneof(entry, consistent, anything),
        { maxKeys: 3 },
      ),
      anything,
    );
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(
          header,
          fc.uint8Array({ maxLength: 40 }),
          fc.oneof(fc.constant(0n), fc.bigInt({ min: -3n, max: 3n }), fc.constantFrom(99_000_000n, 2n ** 62n)),
        )
        .map(([head, data, off]) => {
          const text = Buffer.from(textOf(head));
          const length = Buffer.alloc(8);
          length.writeBigInt64LE(BigInt(text.length) + off);
          return new Uint8Array(Buffer.concat([length, text, data]));
        }),
    );
    const folder = await realpath(await mkdtemp(join(tmpdir(), "fuzz-")));
    const path = join(folder, "the-file");
    const files = new Files(join(folder, "n.ts"), folder);
    const taken = vi.spyOn(Buffer, "allocUnsafeSlow");
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        await writeFile(path, bytes);
        const reading = async (): Promise<void> => {
          const opened = await openSafetensors((...range) => files.readRange("the-file", ...range), "the-file");
          expect(Object.values(opened.metadata).every((each) => typeof each === "string")).toBe(true);
          for (const name of opened.names) await opened.read(name);
        };
        await reading().catch((error: Error) => expect(error.message).toContain("the-file"));
        for (const [size] of taken.mock.calls) expect(size).toBeLessThanOrEqual(bytes.length);
        taken.mockClear();
      }),
      RUNS,
    );
    taken.mockRestore();
    await rm(folder, { recursive: true });
  },
  timeout(60, 600),
);

it(
  "an adapter's config is read or refused with the folder's name",
  async () => {
    const fields = [
      "peft_type",
      "r",
      "lora_alpha",
      "target_modules",
      "modules_to_save",
      "rank_pattern",
      "alpha_pattern",
      "layers_to_transform",
      "use_rslora",
      "init_lora_weights",
      "exclude_modules",
      "bias",
      "use_dora",
      "task_type",
    ];
    const usual = fc.constantFrom(
      "LORA",
      8,
      16,
      ["q_proj"],
      true,
      "none",
      null,
      { "layers.0": 4 },
      "all-linear",
      "(?i)q_.*",
      "[",
    );
    const config = fc.dictionary(
      fc.constantFrom(...fields),
      fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: anything }),
    );
    const text = fc.oneof(
      config.map((each) => textOf(each)),
      config.map((each) => textOf({ peft_type: "LORA", r: 2, lora_alpha: 4, ...each })),
      fc.json(),
      fc.string(),
    );
    const weights = writeSafetensors(new Map());
    await fc.assert(
      fc.asyncProperty(text, async (config) => {
        await readAdapter(MODEL, { config, weights }, "the-folder").then(disposeAdapter, (error: Error) =>
          expect(error.message).toContain("the-folder"),
        );
      }),
      RUNS,
    );
  },
  timeout(60, 600),
);
