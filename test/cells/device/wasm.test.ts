/** The extended wasm backend: the replaced kernels, the memory, and the module itself. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import {
  attention,
  crossEntropy,
  embed,
  kernelCalls,
  linear,
  loraLinear,
  rmsNorm,
  swiglu,
} from "../../../cells/device/functions.ts";
import { noise } from "./cases.ts";
import { difference } from "./evaluate.ts";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("wasm");
});

async function onBoth(work: () => tf.Tensor): Promise<[wasm: Float32Array, cpu: Float32Array]> {
  const results: Float32Array[] = [];
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    results.push(tf.tidy(() => work().dataSync<"float32">().slice()));
  }
  return [results[1]!, results[0]!];
}

const filled = (shape: number[], seed = 1) =>
  tf.tensor(
    noise(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ),
    shape,
  );

test.each([
  { a: [5, 3], b: [3, 7], transposes: [false, false] },
  { a: [3, 5], b: [3, 7], transposes: [true, false] },
  { a: [5, 3], b: [7, 3], transposes: [false, true] },
  { a: [3, 5], b: [7, 3], transposes: [true, true] },
  { a: [2, 9, 270], b: [2, 270, 8], transposes: [false, false] },
  { a: [4, 2, 3, 2], b: [1, 1, 4, 2], transposes: [false, true] },
  { a: [1, 3, 2], b: [6, 2, 5], transposes: [false, false] },
])("tf.matMul of $a and $b, transposed $transposes", async ({ a, b, transposes }) => {
  const [wasm, cpu] = await onBoth(() => tf.matMul(filled(a), filled(b, 2), transposes[0], transposes[1]));
  expect(difference(wasm, cpu)).toBeLessThan(2e-6);
});

test("tf.gather has a gradient", async () => {
  const [wasm, cpu] = await onBoth(() =>
    tf.grad((x) => tf.sum(tf.square(tf.gather(x, tf.tensor1d([2, 0, 2], "int32")))))(filled([4, 3])),
  );
  expect(wasm).toEqual(cpu);
});

test("a clone stays valid when its original is disposed, and its elements are not copied", () => {
  const original = filled([4]);
  const bytes = tf.memory().numDataBuffers;
  const clone = tf.clone(original);
  expect(tf.memory().numDataBuffers).toBe(bytes);
  original.dispose();
  expect(clone.dataSync()).toEqual(noise(4, 1));
  clone.dispose();
});

test("the gradient of a frozen weight is not computed", () => {
  const count = () => kernelCalls("LinearWeightGradient");
  const before = count();
  tf.tidy(() => {
    const [x, w, a, b] = [filled([3, 4]), filled([5, 4]), filled([2, 4]), filled([5, 2])];
    tf.grad((x) => tf.sum(linear(x, w)))(x);
    expect(count()).toBe(before);
    tf.grads((a, b) => tf.sum(loraLinear(x, w, a, b, 1)))([a, b]);
    expect(count()).toBe(before + 2);
  });
});

test("the result of a row does not depend on its batch", () => {
  tf.tidy(() => {
    const [x, w] = [filled([9, 300]), filled([13, 300], 2)];
    const all = linear(x, w).dataSync<"float32">();
    for (let i = 0; i < 9; i++) {
      expect(linear(tf.slice(x, [i, 0], [1, -1]), w).dataSync()).toEqual(all.slice(i * 13, (i + 1) * 13));
    }
  });
});

test("results stay right when the memory has grown", () => {
  tf.tidy(() => {
    const [x, w] = [filled([3, 5]), filled([4, 5], 2)];
    const before = linear(x, w).dataSync().slice();
    for (let i = 0; i < 8; i++) tf.zeros([2 ** 22]);
    expect(linear(x, w).dataSync()).toEqual(before);
  });
});

test("extreme values saturate, and NaN is not lost", async () => {
  const [wasm, cpu] = await onBoth(() => swiglu(tf.tensor1d([-1e4, -100, -88, 88, 100, 1e4, 0]), tf.ones([7])));
  expect(difference(wasm, cpu)).toBeLessThan(1e-6);
  const target = () => tf.tensor1d([1], "int32");
  const [loss, expected] = await onBoth(() => crossEntropy(tf.tensor2d([[500, -500]]), tf.eye(2), target()));
  expect(loss).toEqual(expected);
  tf.tidy(() => {
    const bad = tf.tensor2d([[1, Number.NaN, 2, 3, 4]]);
    const heads = tf.reshape(bad, [1, 1, 1, 5]);
    const results = [
      linear(bad, filled([2, 5])),
      rmsNorm(bad, tf.ones([5]), 1e-5),
      swiglu(bad, tf.ones([1, 5])),
      crossEntropy(bad, filled([3, 5]), target()),
      attention(heads, heads, heads, tf.zeros([1, 1], "int32")),
    ];
    for (const result of results) expect([...result.dataSync<"float32">()].some(Number.isNaN)).toBe(true);
  });
});

test("ids outside the table and wrong shapes are errors that say so, and leave no tensors behind", () => {
  const before = tf.memory().numTensors;
  const buffers = tf.engine().backend.numDataIds();
  tf.tidy(() => {
    expect(() => embed(filled([3, 2]), tf.tensor1d([0, 3], "int32"))).toThrow(
      "embed: the id at place 1 is outside the table of 3 rows.",
    );
    expect(() => crossEntropy(filled([2, 2]), filled([3, 2]), tf.tensor1d([0, -1], "int32"))).toThrow(
      "crossEntropy: the target at place 1 is outside the vocabulary of 3 tokens.",
    );
    expect(() => linear(filled([3, 2]), filled([3, 4]))).toThrow(/linear: x is \[3,2\] and w is \[3,4\]/);
    expect(() => embed(filled([3, 2]), tf.tensor1d([0]))).toThrow("Embed: ids is float32; it must be int32.");
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(tf.engine().backend.numDataIds()).toBe(buffers);
});

test("the committed module is equal to its compiled sources", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kernels-"));
  try {
    const script = fileURLToPath(new URL("../../../cells/device/wasm/build.mjs", import.meta.url));
    await promisify(execFile)(process.execPath, [script, join(folder, "kernels.wasm")]);
    const built = await readFile(join(folder, "kernels.wasm"));
    const committed = await readFile(new URL("../../../cells/device/wasm/kernels.wasm", import.meta.url));
    expect(built.equals(committed)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
