/**
 * Replaces the kernels of tfjs's `cpu` backend that call the engine's exponentials, logarithms, powers and angles, which differ between
 * JavaScript engines in the last bit. The formulas are tfjs's own, so results are the same to rounding.
 *
 * Not replaced are operations that no model here uses: FFT, local response normalization, rotation of images, soft non-maximum
 * suppression, multinomial draws, fused activations (`tf.fused`), and the random tensors of tfjs (`tf.randomNormal`). The stock kernels
 * of the `wasm` backend need no replacement: they are compiled and import no mathematics from the engine.
 */
import * as tf from "@tensorflow/tfjs";
import * as portable from "../../portable-math.ts";

/** The parts of tfjs's `MathBackendCPU` that are used here. */
type Backend = {
  readonly data: { get(dataId: object): { readonly values: ArrayLike<number> } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array | Int32Array): tf.TensorInfo;
};

const { exp, log } = portable;
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543774;
/** Beyond ± this, softplus is x or e^x in single precision. */
const softplusLimit = -(log(1.1920928955078125e-7) + 2);

/** One number to one number. */
const elementwise: Readonly<Record<string, (x: number) => number>> = {
  Acos: portable.acos,
  Acosh: portable.acosh,
  Asin: portable.asin,
  Asinh: portable.asinh,
  Atan: portable.atan,
  Atanh: portable.atanh,
  Cos: portable.cos,
  Cosh: portable.cosh,
  Elu: (x) => (x >= 0 ? x : exp(x) - 1),
  Erf: (x) => {
    const size = Math.abs(x);
    const t = 1 / (1 + 0.3275911 * size);
    const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return Math.sign(x) * (1 - series * exp(-size * size));
  },
  Exp: exp,
  Expm1: portable.expm1,
  Log: log,
  Log1p: portable.log1p,
  Selu: (x) => (x >= 0 ? seluScale * x : seluScale * seluAlpha * (exp(x) - 1)),
  Sigmoid: (x) => 1 / (1 + exp(-x)),
  Sin: portable.sin,
  Sinh: portable.sinh,
  Softplus: (x) => (x > softplusLimit ? x : x < -softplusLimit ? exp(x) : log(1 + exp(x))),
  Tan: portable.tan,
  Tanh: portable.tanh,
};

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(kernelName, "cpu");
  tf.registerKernel({ kernelName, backendName: "cpu", kernelFunc });
}

const valuesOf = (backend: object, tensor: tf.TensorInfo): ArrayLike<number> =>
  (backend as Backend).data.get(tensor.dataId).values;

for (const [name, of] of Object.entries(elementwise)) {
  replace(name, ({ inputs, backend }) => {
    const x = inputs.x!;
    requireNumbers(name, x);
    const values = valuesOf(backend, x);
    const results = new Float32Array(values.length);
    for (let i = 0; i < results.length; i += 1) results[i] = of(values[i]!);
    return (backend as Backend).makeTensorInfo(x.shape, "float32", results);
  });
}

/** @param of two numbers to one, for operands that are broadcast against each other */
function replacePairwise(name: string, of: (a: number, b: number) => number): void {
  replace(name, ({ inputs, backend }) => {
    const operands = [inputs.a, inputs.b] as [tf.Tensor, tf.Tensor];
    requireNumbers(name, ...operands);
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(operands[0].shape, operands[1].shape);
    const wide = tf.tidy(() => operands.map((each) => tf.broadcastTo(each, shape)));
    const [a, b] = wide.map((each) => valuesOf(backend, each)) as [ArrayLike<number>, ArrayLike<number>];
    const { dtype } = operands[0];
    const results = dtype === "int32" ? new Int32Array(a.length) : new Float32Array(a.length);
    for (let i = 0; i < results.length; i += 1) results[i] = of(a[i]!, b[i]!);
    tf.dispose(wide);
    return (backend as Backend).makeTensorInfo(shape, dtype, results);
  });
}

replacePairwise("Pow", portable.pow);
replacePairwise("Atan2", portable.atan2);

/** In plain operations, whose kernels are those above. */
replace("Softmax", ({ inputs, attrs }) =>
  tf.tidy(() => {
    const logits = inputs.logits as tf.Tensor;
    const { dim } = attrs as unknown as { readonly dim: number };
    const powers = tf.exp(tf.sub(logits, tf.max(logits, dim, true)));
    return tf.div(powers, tf.sum(powers, dim, true));
  }),
);

function requireNumbers(name: string, ...tensors: readonly tf.TensorInfo[]): void {
  const other = tensors.find(({ dtype }) => dtype === "complex64" || dtype === "string");
  if (other) throw new Error(`${name}: the input is ${other.dtype}; it must hold real numbers.`);
}
