/** The replaced kernels of the cpu backend: tfjs's results, and not one call of a function that differs between engines. */
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it, test, vi } from "vitest";
import "../../../cells/device/functions.ts";
import { difference } from "./evaluate.ts";

const wide = [-30, -3.5, -1, -0.25, -1e-4, 0, 1e-4, 0.25, 0.75, 1, 3.5, 17, 30];
const unit = [-0.9, -0.5, -0.01, 0, 0.01, 0.5, 0.9];
const positive = [1e-4, 0.25, 0.75, 1, 3.5, 17, 30];
const tensor = (values: readonly number[], shape = [values.length]) => tf.tensor([...values], shape, "float32");

const { exp, expm1, log, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh } = Math;
const cases: readonly [
  name: string,
  op: (x: tf.Tensor) => tf.Tensor,
  given: readonly number[],
  want: (x: number) => number,
][] = [
  ["acos", tf.acos, unit, acos],
  ["acosh", tf.acosh, [1, 1.5, 20], acosh],
  ["asin", tf.asin, unit, asin],
  ["asinh", tf.asinh, wide, asinh],
  ["atan", tf.atan, wide, atan],
  ["atanh", tf.atanh, unit, atanh],
  ["cos", tf.cos, wide, cos],
  ["cosh", tf.cosh, wide, cosh],
  ["elu", tf.elu, wide, (x) => (x >= 0 ? x : exp(x) - 1)],
  ["exp", tf.exp, wide, exp],
  ["expm1", tf.expm1, wide, expm1],
  ["log", tf.log, positive, log],
  ["log1p", tf.log1p, positive, log1p],
  ["selu", tf.selu, wide, (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543774 * (exp(x) - 1))],
  ["sigmoid", tf.sigmoid, wide, (x) => 1 / (1 + exp(-x))],
  ["sin", tf.sin, wide, sin],
  ["sinh", tf.sinh, wide, sinh],
  ["softplus", tf.softplus, wide, (x) => log1p(exp(x))],
  ["tan", tf.tan, wide, tan],
  ["tanh", tf.tanh, wide, tanh],
];
const differing =
  "exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh pow";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});
afterEach(() => void vi.restoreAllMocks());

/** Fails the test if the engine's functions are called. */
function watchMath(): void {
  for (const name of differing.split(" ")) {
    vi.spyOn(Math, name as "exp").mockImplementation(() => {
      throw new Error(`Math.${name} was called`);
    });
  }
}

describe("on the cpu backend", () => {
  test.each(cases)("tf.%s", (_name, op, given, want) => {
    const wanted = Float32Array.from(given, want);
    const scale = Math.max(1, ...wanted.map(Math.abs));
    watchMath();
    const result = tf.tidy(() => op(tensor(given)).dataSync<"float32">());
    expect(difference(result, wanted) / scale).toBeLessThan(2e-7);
  });

  it("tf.erf", () => {
    watchMath();
    const result = tf.tidy(() => tf.erf(tensor([-1, 0, 0.5, 2])).dataSync<"float32">());
    expect(difference(result, Float32Array.of(-0.8427008, 0, 0.5204999, 0.9953223))).toBeLessThan(1e-6);
  });

  it("tf.pow and tf.atan2 broadcast, and whole numbers stay whole", () => {
    watchMath();
    const bases = tensor([2, 3, 4], [3, 1]);
    expect([...tf.pow(bases, tensor([0.5, 2])).dataSync()]).toEqual(
      [Math.sqrt(2), 4, Math.sqrt(3), 9, 2, 16].map(Math.fround),
    );
    const whole = tf.pow(tf.tensor1d([2, 3], "int32"), tf.scalar(3, "int32"));
    expect([whole.dtype, ...whole.dataSync()]).toEqual(["int32", 8, 27]);
    expect(tf.atan2(tensor([1, 0]), tf.scalar(-1)).dataSync()).toEqual(Float32Array.of((3 * Math.PI) / 4, Math.PI));
    expect(() => tf.pow(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(/broadcast/);
  });

  it("tf.softmax, tf.logSoftmax and their gradients", () => {
    const rows = tensor([1, 2, 3, 1000, 1000, 999], [2, 3]);
    const softmax = (xs: readonly number[]): number[] => {
      const powers = xs.map((x) => exp(x - Math.max(...xs)));
      return powers.map((each) => each / powers.reduce((a, b) => a + b));
    };
    const wanted = Float32Array.from([...softmax([1, 2, 3]), ...softmax([1000, 1000, 999])]);
    const logs = wanted.map(log);
    watchMath();
    expect(difference(tf.softmax(rows).dataSync<"float32">(), wanted)).toBeLessThan(1e-7);
    expect(difference(tf.logSoftmax(rows).dataSync<"float32">(), logs)).toBeLessThan(1e-6);
    const slope = tf
      .grad((x) => tf.sum(tf.mul(tf.softmax(x), tensor([1, 0, 0]))))(rows)
      .dataSync<"float32">();
    expect(slope[0]).toBeCloseTo(wanted[0]! * (1 - wanted[0]!), 6);
  });

  it("free what they make on the way", () => {
    const before = tf.memory().numTensors;
    tf.dispose([tf.pow(tf.ones([2, 3]), tf.ones([3])), tf.softmax(tf.ones([2, 3])), tf.exp(tf.ones([2]))]);
    expect(tf.memory().numTensors - before).toBe(4);
  });
});
