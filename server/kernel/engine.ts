/**
 * What the kernel does around the calls of tfjs's engine: every operation first checks whether its generation was interrupted,
 * and every tensor is entered into the ledger. All of it lies in properties of this process's one engine, so it can be undone.
 */
import * as tf from "@tensorflow/tfjs";
import { current } from "./generation.ts";
import type { Ledger } from "./ledger.ts";
import { outputElements } from "./output-elements.ts";

/** The method in which the wasm backend takes memory. It does not notice when there is none left. */
type WasmMemory = { move(id: object, values: unknown, shape: number[], dtype: tf.DataType, refCount: number): void };

/** @returns a function that restores the plain engine */
export function watchEngine(ledger: Ledger): () => void {
  const engine = tf.engine();
  const { state } = engine;
  type Engine = typeof engine;
  const plain: Engine = Object.getPrototypeOf(engine);
  const guarded = tf.getBackend() === "wasm";
  const unguard = guarded ? guardWasmMemory(ledger) : () => undefined;
  const watched: Partial<Engine> = {
    runKernel(name, inputs, attrs) {
      const generation = current.getStore();
      if (generation !== undefined && generation.hint[0] !== 0) generation.checkKernel();
      for (const input in inputs) {
        const tensor = inputs[input];
        if (tensor?.isDisposed) throw ledger.freedTensor(tensor);
      }
      // Nearly all elements take four bytes.
      if (!guarded) ledger.reserve(4 * outputElements(name, inputs, attrs));
      return plain.runKernel.call(engine, name, inputs, attrs) as never;
    },
    makeTensor(values, shape, dtype, backend) {
      ledger.reserve(bytesOf(shape, dtype ?? "float32"));
      return plain.makeTensor.call(engine, values, shape, dtype as tf.DataType, backend);
    },
    trackTensor(tensor, backend) {
      plain.trackTensor.call(engine, tensor, backend);
      ledger.made(tensor);
    },
    disposeTensor(tensor) {
      if (!ledger.mayBeDisposed(tensor)) return;
      plain.disposeTensor.call(engine, tensor);
      ledger.disposed(tensor);
    },
    keep(tensor) {
      ledger.released(tensor);
      return plain.keep.call(engine, tensor) as never;
    },
    endScope(result) {
      const made = state.activeScope?.track ?? [];
      plain.endScope.call(engine, result);
      if (state.activeScope == null) for (const tensor of made) ledger.released(tensor);
    },
  };
  Object.assign(engine, watched);
  const names = Object.keys(watched) as (keyof Engine)[];
  const { throwIfDisposed } = tf.Tensor.prototype as unknown as DisposedCheck;
  const check: DisposedCheck = {
    throwIfDisposed(this: tf.Tensor) {
      if (this.isDisposed) throw ledger.freedTensor(this);
    },
  };
  Object.assign(tf.Tensor.prototype, check);
  return () => {
    for (const name of names) Reflect.deleteProperty(engine, name);
    Object.assign(tf.Tensor.prototype, { throwIfDisposed });
    unguard();
  };
}

type DisposedCheck = { throwIfDisposed(this: tf.Tensor): void };

/** The wasm backend takes memory in one place. A size beyond 32 bits would wrap around there without an error. */
function guardWasmMemory(ledger: Ledger): () => void {
  const backend = tf.backend() as unknown as WasmMemory;
  const plain: WasmMemory = Object.getPrototypeOf(backend);
  backend.move = (id, values, shape, dtype, refCount) => {
    ledger.reserve(bytesOf(shape, dtype));
    plain.move.call(backend, id, values, shape, dtype, refCount);
  };
  return () => void Reflect.deleteProperty(backend, "move");
}

/** Resets the engine after an operation was broken off, as if none were running. Call it only between tasks of the kernel. */
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
