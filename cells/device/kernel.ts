/**
 * A device function is one tfjs kernel in several forms. The reference is written in plain tfjs operations and runs on every backend;
 * fused forms work on the memory of the wasm backend, with programs on a WebGPU device, or with TensorFlow's operations. All have one
 * kernel name, so the tape, the profiler and the tests see the same operation on every backend.
 */
import * as tf from "@tensorflow/tfjs";
// tfjs's kernels must be registered first, because ours replace some of them.
import "@tensorflow/tfjs-backend-wasm";
import "./wasm/wide-inputs.ts";
import type { BackendName } from "./backend-name.ts";
import { type WasmMemory, wasmMemory } from "./wasm/memory.ts";
import { withWide } from "./wasm/narrow.ts";
import type { Gpu } from "./webgpu/gpu.ts";

type Inputs = { readonly [name: string]: tf.Tensor | undefined };
type Attributes = { readonly [name: string]: number };
/** The inputs of a fused form: shapes and data ids. */
export type Infos<I extends Inputs> = {
  readonly [K in keyof I]: undefined extends I[K] ? tf.TensorInfo | undefined : tf.TensorInfo;
};
export type Form = "fused" | "reference";

export interface DeviceKernel<I extends Inputs, A extends Attributes> {
  readonly name: string;
  /** The names of the int32 inputs. All others are float32. */
  readonly integers?: readonly (keyof I & string)[];
  /** The names of inputs that the form on wasm also takes in 16 bits; others are widened first. */
  readonly narrow?: readonly (keyof I & string)[];
  /** In plain tfjs operations. Intermediate tensors are freed. It must return new tensors. */
  reference(inputs: I, attributes: A): tf.Tensor | tf.Tensor[];
  /** On the memory of the wasm backend. */
  fused(inputs: Infos<I>, attributes: A, memory: WasmMemory): tf.TensorInfo | tf.TensorInfo[];
  /** With TensorFlow's operations, if fewer are needed than in the reference. */
  tensorflow?(inputs: Infos<I>, attributes: A, backend: unknown): Out;
  /** On a WebGPU device. */
  webgpu?(inputs: Infos<I>, attributes: A, gpu: Gpu): tf.TensorInfo | tf.TensorInfo[];
  readonly gradient?: {
    readonly savedInputs: readonly (keyof I & string)[];
    readonly savedOutputs?: readonly boolean[];
    /** One function per input. The tape calls only those that are needed for the requested gradients. */
    of(dys: tf.Tensor[], saved: tf.Tensor[], attributes: A): { readonly [K in keyof I]?: () => tf.Tensor };
  };
}

type Out = tf.TensorInfo | tf.TensorInfo[];
type Call<I extends Inputs, A> = { readonly inputs: I & Infos<I>; readonly attributes: A; readonly backend: unknown };

const forms = new Map<string, Record<BackendName, Form>>();
const calls = new Map<string, number>();

/** How often a form of a kernel has run since the process started. For tests of which form was used. */
export function kernelCalls(name: string, form: Form = "fused"): number {
  return calls.get(`${form} ${name}`) ?? 0;
}

/** Every kernel, with the form that it has on each backend. */
export function kernelForms(): ReadonlyMap<string, Readonly<Record<BackendName, Form>>> {
  return forms;
}

function count(name: string, form: Form): void {
  calls.set(`${form} ${name}`, kernelCalls(name, form) + 1);
}

/** Registers all forms and the gradient. @returns a function that runs the kernel and returns a list of outputs */
export function defineKernel<I extends Inputs, A extends Attributes>(
  kernel: DeviceKernel<I, A>,
): (inputs: I, attributes: A) => tf.Tensor[] {
  const { name, gradient } = kernel;
  const register = (backendName: BackendName, fused?: (call: Call<I, A>) => Out): void => {
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc({ inputs, attrs, backend }) {
        const call = { inputs: inputs as unknown as I & Infos<I>, attributes: attrs as unknown as A, backend };
        count(name, fused ? "fused" : "reference");
        return fused ? fused(call) : tf.tidy(() => kernel.reference(call.inputs, call.attributes));
      },
    });
  };
  const { webgpu: onWebgpu, tensorflow: onTensorflow } = kernel;
  register("cpu");
  register(
    "tensorflow",
    onTensorflow && (({ inputs, attributes, backend }) => onTensorflow(inputs, attributes, backend)),
  );
  register("wasm", ({ inputs, attributes, backend }) => {
    const memory = wasmMemory(backend as object);
    const run = (wide: tf.NamedTensorInfoMap): Out => kernel.fused(wide as unknown as Infos<I>, attributes, memory);
    return withWide(memory, inputs as unknown as tf.NamedTensorInfoMap, run, kernel.narrow);
  });
  // The backend with this name is a Gpu.
  register("webgpu", onWebgpu && (({ inputs, attributes, backend }) => onWebgpu(inputs, attributes, backend as Gpu)));
  const webgpu = onWebgpu ? "fused" : "reference";
  const tensorflow = onTensorflow ? "fused" : "reference";
  forms.set(name, { tensorflow, webgpu, wasm: "fused", cpu: "reference" });
  if (gradient) {
    tf.registerGradient({
      kernelName: name,
      inputsToSave: [...gradient.savedInputs],
      outputsToSave: [...(gradient.savedOutputs ?? [])],
      gradFunc: (dy, saved, attrs) =>
        gradient.of(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A) as Record<string, () => tf.Tensor>,
    });
  }
  return (inputs, attributes) => {
    const given: tf.NamedTensorMap = {};
    for (const [input, tensor] of Object.entries(inputs)) {
      if (!tensor) continue;
      const dtype = kernel.integers?.includes(input) ? "int32" : "float32";
      if (tensor.dtype !== dtype) throw new Error(`${name}: ${input} is ${tensor.dtype}; it must be ${dtype}.`);
      given[input] = tensor;
    }
    const out = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, given, { ...attributes });
    return Array.isArray(out) ? out : [out];
  };
}
