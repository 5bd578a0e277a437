/**
 * A device function's body: one tfjs kernel in several forms. The reference is written in plain tfjs operations and runs on
 * every backend; a fused form works in place on the wasm backend's memory, another by programs on a WebGPU device. All
 * stand behind one kernel name, so that the tape, the profiler and the tests see one operation wherever it runs.
 */
import * as tf from "@tensorflow/tfjs";
// Its kernels must be in the registry before ours, which take the place of some of them.
import "@tensorflow/tfjs-backend-wasm";
import type { BackendName } from "./backend-name.ts";
import { type WasmMemory, wasmMemory } from "./wasm/memory.ts";
import type { Gpu } from "./webgpu/gpu.ts";

type Inputs = { readonly [name: string]: tf.Tensor | undefined };
type Attributes = { readonly [name: string]: number };
/** What a fused form sees of its inputs: shapes and data ids. */
export type Infos<I extends Inputs> = {
  readonly [K in keyof I]: undefined extends I[K] ? tf.TensorInfo | undefined : tf.TensorInfo;
};
export type Form = "fused" | "reference";

export interface DeviceKernel<I extends Inputs, A extends Attributes> {
  readonly name: string;
  /** The inputs that hold whole numbers (int32); all others hold float32. */
  readonly whole?: readonly (keyof I & string)[];
  /** In plain operations. What it makes on the way is freed; it must return new tensors. */
  reference(inputs: I, attributes: A): tf.Tensor | tf.Tensor[];
  /** On the memory of the wasm backend. */
  fused(inputs: Infos<I>, attributes: A, memory: WasmMemory): tf.TensorInfo | tf.TensorInfo[];
  /** In TensorFlow's own operations, where they are fewer than the reference's. */
  tensorflow?(inputs: Infos<I>, attributes: A, backend: unknown): Out;
  /** On a WebGPU device. */
  webgpu?(inputs: Infos<I>, attributes: A, gpu: Gpu): tf.TensorInfo | tf.TensorInfo[];
  readonly gradient?: {
    readonly savedInputs: readonly (keyof I & string)[];
    readonly savedOutputs?: readonly boolean[];
    /** One thunk per input; the tape calls only those that lead to a tensor whose gradient was asked for. */
    of(dys: tf.Tensor[], saved: tf.Tensor[], attributes: A): { readonly [K in keyof I]?: () => tf.Tensor };
  };
}

type Out = tf.TensorInfo | tf.TensorInfo[];
type Call<I extends Inputs, A> = { readonly inputs: I & Infos<I>; readonly attributes: A; readonly backend: unknown };

const forms = new Map<string, Record<BackendName, Form>>();
const calls = new Map<string, number>();

/** How often a kernel ran since the process began, by form: tells whether the fused form ran or its reference. */
export function kernelCalls(name: string, form: Form = "fused"): number {
  return calls.get(`${form} ${name}`) ?? 0;
}

/** Every kernel, and which of its forms runs on which backend. */
export function kernelForms(): ReadonlyMap<string, Readonly<Record<BackendName, Form>>> {
  return forms;
}

function count(name: string, form: Form): void {
  calls.set(`${form} ${name}`, kernelCalls(name, form) + 1);
}

/** Registers all forms and the gradient; returns the function that runs the kernel, always with a list of outputs. */
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
  register("wasm", ({ inputs, attributes, backend }) =>
    kernel.fused(inputs, attributes, wasmMemory(backend as object)),
  );
  // The backend that is registered under this name is one.
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
      const dtype = kernel.whole?.includes(input) ? "int32" : "float32";
      if (tensor.dtype !== dtype) throw new Error(`${name}: ${input} is ${tensor.dtype}; it must be ${dtype}.`);
      given[input] = tensor;
    }
    const out = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, given, { ...attributes });
    return Array.isArray(out) ? out : [out];
  };
}
