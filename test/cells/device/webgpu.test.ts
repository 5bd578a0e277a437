/** The extended WebGPU backend: packed weights, tiles, device errors that do not read as zeros, constant memory, complete models. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { crossEntropy, embed, linear, loraLinear } from "../../../cells/device/functions.ts";
import type { Gpu } from "../../../cells/device/webgpu/gpu.ts";
import { product } from "../../../cells/device/webgpu/product.ts";
import { widen } from "../../../cells/device/widen.ts";
import { freshAdapter } from "../../../cells/model/adapter.ts";
import { continueAll } from "../../../cells/model/generate.ts";
import { lora } from "../../../cells/model/lora.ts";
import { layOut } from "../../../cells/model/target-rows.ts";
import { random } from "../../../cells/random.ts";
import { optimizer } from "../../../cells/train/step/optimizer.ts";
import { update } from "../../../cells/train/step/update.ts";
import { checkFolder, passes } from "../../golden-check.ts";
import { bareHost } from "../bare-host.ts";
import { goldenDecoder, goldenFolder, goldenNumbers, goldenSamples } from "../model/golden.ts";
import { hasWebgpu } from "./backends.ts";
import { noise } from "./cases.ts";
import { difference, valuesOf } from "./evaluate.ts";

describe.runIf(hasWebgpu)("webgpu", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    bareHost();
    await tf.setBackend("webgpu");
  });

  const gpu = (): Gpu => tf.backend() as unknown as Gpu;
  const bytesInGpu = (): number => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
  const filled = (shape: number[], seed: number): tf.Tensor =>
    tf.tensor(noise(tf.util.sizeFromShape(shape), seed), shape);

  /** The same matrix packed and widened. It contains many exponents, and subnormal numbers of float16. */
  function pair(dtype: "BF16" | "F16", shape: [number, number], seed: number): [packed: tf.Tensor, wide: tf.Tensor] {
    const halves = Uint16Array.from(noise(shape[0] * shape[1], seed), (x, i) => {
      const usual = dtype === "BF16" ? 0x3f80 : 0x3c00;
      return i % 5 === 0 ? Math.floor(Math.abs(x) * 0x3ff) : (x < 0 ? 0x8000 : 0) | (usual + Math.floor(x * 0x7f));
    });
    const stored = { dtype, shape, bytes: new Uint8Array(halves.buffer) };
    return [tf.engine().makeTensorFromTensorInfo(gpu().upload(stored)), tf.tensor(widen(stored), shape)];
  }

  test.each([
    ["BF16", [9, 8]],
    ["BF16", [5, 7]],
    ["F16", [9, 8]],
    ["F16", [3, 5]],
  ] as const)(
    "a %s matrix of %j stays in 16 bits and gives the same bits as its float32 form",
    async (dtype, shape) => {
      const before = bytesInGpu();
      const [packed, wide] = pair(dtype, [...shape], 3);
      const [rows, width] = shape;
      expect(bytesInGpu() - before).toBe(Math.ceil((rows * width) / 2) * 4);
      const [x, hidden] = [filled([4, width], 1), filled([6, width], 2)];
      const ids = tf.tensor1d([2, 0, 1, 2, 0, 1], "int32");
      const [a, b] = [filled([2, width], 4), filled([rows, 2], 5)];
      const results = [packed, wide].map((w) =>
        tf.tidy(() => [
          linear(x, w),
          loraLinear(x, w, a, b, 0.5),
          tf.grad((x) => tf.sum(tf.square(loraLinear(x, w, a, b, 0.5))))(x),
          embed(w, ids),
          crossEntropy(hidden, w, ids),
          tf.grad((hidden) => tf.sum(crossEntropy(hidden, w, ids)))(hidden),
          // tfjs's own operations get float32.
          tf.add(w, 1),
          tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true),
          tf.clone(w),
        ]),
      );
      const [ofPacked, ofWide] = [await valuesOf(results[0]!), await valuesOf(results[1]!)];
      expect(ofPacked).toEqual(ofWide);
      tf.dispose([packed, wide, x, hidden, ids, a, b]);
    },
  );

  test("products with both tile sizes: transposed, split, scaled, added to the output", async () => {
    const sizes = fc.integer({ min: 1, max: 150 });
    const products = fc.record({
      rows: sizes,
      columns: sizes,
      inner: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 512, max: 700 })),
      transposed: fc.tuple(fc.boolean(), fc.boolean()),
      part: fc.constantFrom(4 as const, 8 as const),
      add: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        products,
        async ({ rows, columns, inner, transposed: [transposedA, transposedB], part, add }) => {
          const a = noise(rows * inner, 1);
          const b = noise(inner * columns, 2);
          const expected = new Float32Array(rows * columns).fill(add ? 3 : 0);
          for (let i = 0; i < rows; i += 1)
            for (let k = 0; k < inner; k += 1) {
              const left = 0.5 * a[transposedA ? k * rows + i : i * inner + k]!;
              for (let j = 0; j < columns; j += 1) {
                expected[i * columns + j]! += left * b[transposedB ? j * inner + k : k * columns + j]!;
              }
            }
          const [left, right] = [
            tf.tensor(a, transposedA ? [inner, rows] : [rows, inner]),
            tf.tensor(b, transposedB ? [columns, inner] : [inner, columns]),
          ];
          const c = tf.fill([rows, columns], 3);
          const operands = {
            a: { tensor: left, transposed: transposedA },
            b: { tensor: right, transposed: transposedB },
            c,
          };
          product(gpu(), { ...operands, sizes: [rows, columns, inner], scale: 0.5, add }, part);
          const [values] = await valuesOf([c]);
          tf.dispose([left, right]);
          expect(difference(values!, expected)).toBeLessThan(5e-6);
        },
      ),
      { numRuns: 10 },
    );
  });

  test("a model gives PyTorch's logits, greedy text, and loss and gradients of a LoRA", async () => {
    const names: string[] = [];
    for await (const check of checkFolder(goldenFolder("llama-gqa"))) {
      expect(passes(check), `${check.name}: ${check.error}`).toBe(true);
      names.push(check.name);
      // The ten training steps after it take long; `npm run golden -- <folder> --backend webgpu` checks them.
      if (check.name === "gradient sample") break;
    }
    expect(names).toEqual(expect.arrayContaining(["logits", "greedy tokens", "gradient norms", "gradient sample"]));
  });

  test("training and generation do not increase the memory", async () => {
    const golden = await goldenNumbers("llama-gqa");
    const decoder = await goldenDecoder("llama-gqa");
    const adapter = freshAdapter(decoder, lora({ rank: 2 }), random(1, "adapter").uniform);
    const config = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, clip: 1 };
    const learner = { decoder, adapter, parameters: adapter.tensors, optimizer: optimizer(adapter.tensors, config) };
    const batch = layOut(goldenSamples(golden));
    const round = async () => {
      await update(learner, [batch], { per: "token", weight: () => 1 }, 1e-3);
      const options = { maxTokens: 3, stopTokens: new Set<number>(), label: undefined };
      await continueAll(decoder, adapter, [[1, 2, 3]], options);
      const { numTensors, numBytesAllocatedInGPU } = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU: number };
      return [numTensors, numBytesAllocatedInGPU];
    };
    await round();
    await round();
    const settled = await round();
    for (let i = 0; i < 3; i += 1) expect(await round()).toEqual(settled);
    learner.optimizer.dispose();
    tf.dispose([decoder.frequencies, ...decoder.weights.values(), ...adapter.tensors.values()]);
  });

  test("an id outside the table, or a target outside the vocabulary, gives NaN", async () => {
    const results = tf.tidy(() => {
      const table = filled([3, 2], 1);
      const outside = tf.tensor1d([0, 3, -1], "int32");
      return [embed(table, outside), crossEntropy(filled([3, 2], 2), table, outside)];
    });
    const [rows, nll] = await valuesOf(results);
    expect([...rows!].map(Number.isNaN)).toEqual([false, false, true, true, true, true]);
    expect([...nll!].map(Number.isNaN)).toEqual([false, true, true]);
  });

  test("a synchronous read is an error that says what to use instead", () => {
    tf.tidy(() => {
      expect(() => linear(filled([2, 3], 1), filled([2, 3], 2)).dataSync()).toThrow("await x.data()");
    });
  });

  test("after an invalid program every read fails, and the process still ends by itself", async () => {
    const script = fileURLToPath(new URL("./broken-program.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], { timeout: 80_000 });
    const [before, ...after] = stdout.trim().split("\n");
    expect(before).toBe("before: 2,2");
    expect(after).toHaveLength(3);
    for (const line of after) {
      expect(line).toMatch(
        /^after: The WebGPU device reported an error: .*Results since then may be wrong; restart the kernel\.$/,
      );
    }
  });
});
