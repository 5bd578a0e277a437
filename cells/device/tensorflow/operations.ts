/**
 * Calls TensorFlow's operations directly instead of through tfjs. A fused form is a few operations, and tfjs does not need to know the
 * tensors between them. A call takes half the time, and constants (axes, shapes, factors) are made only once.
 */
import type * as tf from "@tensorflow/tfjs";

/** A tensor in TensorFlow. */
export type Handle = { readonly id: number; readonly shape: readonly number[]; readonly dtype: number };

type Attribute = { readonly name: string; readonly type: number; readonly value: boolean | number };

type Binding = {
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): Handle[];
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
};

/** The parts of tfjs-node's backend that are used here. */
type Backend = {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(made: Handle): tf.Tensor;
  incRef(dataId: object): void;
};

/** Attributes of an operation: types, by which TensorFlow selects an implementation, and flags. */
type Options = { readonly [attribute: string]: boolean | "float" | "int" | number };

type NativeOperation = `Palimpsest${"Pack" | "Product" | "Norm" | "Gated" | "Turned" | "Attention"}`;

export type Operations = {
  tensor(tensor: tf.TensorInfo): Handle;
  /** The attribute `T`, the type of the first input, is added. */
  run(operation: string, inputs: readonly Handle[], options?: Options): Handle;
  reshape(x: Handle, shape: readonly number[]): Handle;
  /** Whether the operations of `native/` exist: not on a GPU, and not in a prebuilt binding. */
  readonly native: boolean;
  /** Runs an operation of `native/`. */
  runNative(operation: NativeOperation, inputs: readonly Handle[]): Handle;
  /** A constant, made once per process. */
  number(value: number): Handle;
  integers(values: readonly number[]): Handle;
  /** A tensor for this call only. */
  fresh(values: Float32Array | Int32Array): Handle;
  /** Tensors that many successive calls share; made again if one of `keys` differs from the last call. */
  latest<T extends readonly Handle[]>(name: string, keys: readonly unknown[], make: () => T): T;
};

type State = {
  readonly native: boolean;
  readonly constants: Map<string, Handle>;
  readonly latest: Map<string, { readonly keys: readonly unknown[]; readonly made: readonly Handle[] }>;
};

const states = new WeakMap<Binding, State>();
const maxConstants = 2000;

/** Runs `f`, frees its intermediate tensors, and passes its results to tfjs. */
export function operate(backend: unknown, f: (operations: Operations) => readonly Handle[]): tf.Tensor[] {
  const { binding } = backend as Backend;
  const own = new Set<number>();
  const given = new Set<number>();
  const state = stateOf(backend as Backend);
  try {
    const results = f(operations(backend as Backend, state, own));
    for (const { id } of results) given.add(id);
    return results.map((result) => (backend as Backend).createOutputTensor(result));
  } finally {
    for (const id of own) if (!given.has(id)) binding.deleteTensor(id);
  }
}

/** Another reference to the same data. */
export function share(backend: unknown, { dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  (backend as Backend).incRef(dataId);
  return { dataId, shape, dtype };
}

function stateOf({ binding, isUsingGpuDevice }: Backend): State {
  let state = states.get(binding);
  if (!state) {
    state = { native: !isUsingGpuDevice && hasNative(binding), constants: new Map(), latest: new Map() };
    states.set(binding, state);
  }
  return state;
}

/** Whether a backend has the operations of `native/`. */
export function nativeOn(backend: unknown): boolean {
  return stateOf(backend as Backend).native;
}

/** Tries one operation with a single number; TensorFlow has no other way to find out. */
function hasNative(binding: Binding): boolean {
  const one = binding.createTensor([1], binding.TF_FLOAT, Float32Array.of(1));
  try {
    const [made] = binding.executeOp("PalimpsestGated", [], [one, one], 1);
    binding.deleteTensor(made!.id);
    return true;
  } catch {
    return false;
  } finally {
    binding.deleteTensor(one);
  }
}

function operations(backend: Backend, { native, constants, latest }: State, own: Set<number>): Operations {
  const { binding } = backend;
  const types = { float: binding.TF_FLOAT, int: binding.TF_INT32 };
  const attribute = (name: string, value: Options[string]): Attribute =>
    typeof value === "boolean"
      ? { name, type: binding.TF_ATTR_BOOL, value }
      : { name, type: binding.TF_ATTR_TYPE, value: typeof value === "number" ? value : types[value] };
  const constant = (key: string, make: () => Float32Array | Int32Array, shape: readonly number[]): Handle => {
    let found = constants.get(key);
    if (!found) {
      // Happens only if shapes never repeat. The few constants of the current operations are made again.
      if (constants.size >= maxConstants) {
        for (const { id } of constants.values()) own.add(id);
        constants.clear();
      }
      const values = make();
      const dtype = values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
      found = { id: binding.createTensor(shape, dtype, values), shape, dtype };
      constants.set(key, found);
    }
    return found;
  };
  const execute = (operation: string, attributes: readonly Attribute[], inputs: readonly Handle[]): Handle => {
    const ids = inputs.map(({ id }) => id);
    const [made] = binding.executeOp(operation, attributes, ids, 1);
    own.add(made!.id);
    return made!;
  };
  const run: Operations["run"] = (operation, inputs, options = {}) => {
    const attributes = Object.entries(options).map(([name, value]) => attribute(name, value));
    if (!("SrcT" in options)) attributes.push(attribute("T", inputs[0]!.dtype));
    return execute(operation, attributes, inputs);
  };
  const integers = (values: readonly number[]): Handle =>
    constant(`${values}`, () => Int32Array.from(values), [values.length]);
  return {
    tensor: (tensor) => {
      const dtype = tensor.dtype === "int32" ? binding.TF_INT32 : binding.TF_FLOAT;
      return { id: backend.getInputTensorIds([tensor])[0]!, shape: tensor.shape, dtype };
    },
    run,
    native,
    runNative: (operation, inputs) => execute(operation, [], inputs),
    reshape: (x, shape) =>
      shape.length === x.shape.length && shape.every((size, at) => size === x.shape[at])
        ? x
        : run("Reshape", [x, integers(shape)], { Tshape: "int" }),
    number: (value) => constant(`number ${value}`, () => Float32Array.of(value), []),
    integers,
    fresh(values) {
      const dtype = values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
      const id = binding.createTensor([values.length], dtype, values);
      own.add(id);
      return { id, shape: [values.length], dtype };
    },
    latest(name, keys, make) {
      const last = latest.get(name);
      if (last?.keys.length === keys.length && last.keys.every((key, at) => key === keys[at])) {
        return last.made as ReturnType<typeof make>;
      }
      for (const { id } of last?.made ?? []) binding.deleteTensor(id);
      latest.delete(name);
      const made = make();
      for (const { id } of made) own.delete(id);
      latest.set(name, { keys, made });
      return made;
    },
  };
}
