/**
 * What the kernel does around the calls of tfjs's engine: every kernel first looks whether its generation is to end, and
 * every tensor is entered into the ledger. All of it lies in properties of the one engine that this process has, so it can be taken off again.
 */
import * as tf from "@tensorflow/tfjs";
import { current } from "./generation.ts";
import type { Ledger } from "./ledger.ts";
import { wishedElements } from "./wished.ts";

/** What of the wasm backend is told before memory is taken: it does not notice when there is none. */
type Memory = { move(id: object, values: unknown, shape: number[], dtype: tf.DataType, refCount: number): void };

/** @returns how to go back to the bare engine. */
export function watchEngine(ledger: Ledger): () => void {
  const engine = tf.engine();
  const { state } = engine;
  type Engine = typeof engine;
  const bare: Engine = Object.getPrototypeOf(engine);
  const guarded = tf.getBackend() === "wasm";
  const unguard = guarded ? guardMemory(ledger) : () => undefined;
  const watched: Partial<Engine> = {
    runKernel(name, inputs, attrs) {
      const generation = current.getStore();
      if (generation !== undefined && generation.look[0] !== 0) generation.checkKernel();
      for (const input in inputs) {
        const tensor = inputs[input];
        if (tensor?.isDisposed) throw new Error(ledger.epitaph(tensor));
      }
      // Every element of a number takes four bytes, but for few.
      if (!guarded) ledger.reserve(4 * wishedElements(name, inputs, attrs));
      return bare.runKernel.call(engine, name, inputs, attrs) as never;
    },
    makeTensor(values, shape, dtype, backend) {
      ledger.reserve(bytesOf(shape, dtype ?? "float32"));
      return bare.makeTensor.call(engine, values, shape, dtype as tf.DataType, backend);
    },
    trackTensor(tensor, backend) {
      bare.trackTensor.call(engine, tensor, backend);
      ledger.made(tensor);
    },
    disposeTensor(tensor) {
      if (!ledger.mayGo(tensor)) return;
      bare.disposeTensor.call(engine, tensor);
      ledger.gone(tensor);
    },
    keep(tensor) {
      ledger.released(tensor);
      return bare.keep.call(engine, tensor) as never;
    },
    endScope(result) {
      const made = state.activeScope?.track ?? [];
      bare.endScope.call(engine, result);
      if (state.activeScope == null) for (const tensor of made) ledger.released(tensor);
    },
  };
  Object.assign(engine, watched);
  const names = Object.keys(watched) as (keyof Engine)[];
  const { throwIfDisposed } = tf.Tensor.prototype as unknown as Living;
  const living: Living = {
    throwIfDisposed(this: tf.Tensor) {
      if (this.isDisposed) throw new Error(ledger.epitaph(this));
    },
  };
  Object.assign(tf.Tensor.prototype, living);
  return () => {
    for (const name of names) Reflect.deleteProperty(engine, name);
    Object.assign(tf.Tensor.prototype, { throwIfDisposed });
    unguard();
  };
}

type Living = { throwIfDisposed(this: tf.Tensor): void };

/** The wasm backend takes memory in one place, where a wish that its 32 bits cannot count would wrap around unseen. */
function guardMemory(ledger: Ledger): () => void {
  const backend = tf.backend() as unknown as Memory;
  const bare: Memory = Object.getPrototypeOf(backend);
  backend.move = (id, values, shape, dtype, refCount) => {
    ledger.reserve(bytesOf(shape, dtype));
    bare.move.call(backend, id, values, shape, dtype, refCount);
  };
  return () => void Reflect.deleteProperty(backend, "move");
}

/** Brings the engine back to where no operation is under way, after one was broken off. Only between tasks of the kernel. */
export function clearEngine(): void {
  const { state } = tf.engine();
  while (state.scopeStack.length > 0) tf.engine().endScope();
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  // The tape holds what the gradients would have needed.
  state.activeTape = null as unknown as typeof state.activeTape;
}

function bytesOf(shape: readonly number[], dtype: tf.DataType): number {
  if (dtype === "string" || dtype === "complex64") return 0;
  return shape.reduce((product, size) => product * size, tf.util.bytesPerElement(dtype));
}
