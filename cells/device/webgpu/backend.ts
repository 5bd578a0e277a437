/**
 * tfjs's WebGPU backend with what training needs of it: errors of the device fail whatever is read next (stock, the results
 * read as zeros), weights may be packed in 16 bits, programs of ours run with several outputs, and buffers that nothing
 * uses go back to the driver once they are more than what is in use.
 */
import type * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type Gpu, type Stored, sizeOf } from "./gpu.ts";
import { type Format, type PackedFormat, unpack } from "./packed.ts";
import type { Program } from "./program.ts";

/** What of the stock backend's inside we rely on; it declares most of it private. */
type Inside = {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  readonly commandQueueOwnedIds: { add(dataId: object): void };
  readonly uniformPendingDisposal: GPUBuffer[];
};
type Data = {
  readonly dtype: tf.DataType;
  readonly shape: number[];
  values: tf.BackendValues | null;
  refCount: number;
  resource?: GPUBuffer | null;
  /** Set where the buffer holds 16-bit elements. */
  format?: PackedFormat;
};
type Compiled = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout };
type StockRun = Parameters<WebGPUBackend["runWebGPUProgram"]>;

/** Dispatches that are gathered before they are given to the queue. */
const batch = 32;
/** Free buffers are kept up to the bytes in use and this many more. */
const spare = 2 ** 28;

export class Backend extends WebGPUBackend implements Gpu {
  readonly #compiled = new WeakMap<Program, Compiled>();
  #failure: Error | undefined;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    device.onuncapturederror = (event) => {
      event.preventDefault();
      this.#fail(`reported an error: ${event.error.message}`);
    };
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#fail(`was lost: ${message}`);
    });
  }

  #fail(what: string): void {
    // The first one is the cause. It stays: what was computed since cannot be told from what is right.
    this.#failure ??= new Error(
      `The WebGPU device ${what.trim().split("\n").slice(0, 3).join(" ")} Results since then are void; restart the kernel.`,
    );
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
  }

  #data(dataId: object): Data {
    return this.tensorMap.get(dataId) as unknown as Data;
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    this.#check();
    const { format, shape, dtype } = this.#data(dataId);
    if (format) {
      const wide = this.#widened({ dataId, shape, dtype });
      try {
        return await this.read(wide.dataId);
      } finally {
        this.free(wide);
      }
    }
    const values = await super.read(dataId);
    // Errors of what was submitted before arrive before its results do.
    this.#check();
    return values;
  }

  /** Results of a device come later: nothing can wait for them without giving way. */
  override readSync(dataId: object): tf.BackendValues {
    this.#check();
    const { values } = this.#data(dataId);
    if (values) return values;
    throw new Error("On webgpu a tensor cannot be read with dataSync() or arraySync(); write await x.data().");
  }

  override submitQueue(): void {
    super.submitQueue();
    this.#trim();
  }

  /** Stock operations know nothing of packed elements. */
  override runWebGPUProgram(...[stock, inputs, dtype, uniforms, output]: StockRun): tf.TensorInfo {
    this.#check();
    const wide = inputs.map((input) => (this.formatOf(input) === "F32" ? input : this.#widened(input)));
    const result = super.runWebGPUProgram(stock, wide, dtype, uniforms, output);
    for (const [i, input] of wide.entries()) if (input !== inputs[i]) this.free(input);
    return result;
  }

  #widened(tensor: tf.TensorInfo): tf.TensorInfo {
    const format = this.formatOf(tensor);
    if (format === "F32") return tensor;
    const out = this.make(tensor.shape);
    this.run(unpack[format], { x: tensor, y: out }, { size: sizeOf(tensor) }, Math.ceil(sizeOf(tensor) / 64));
    return out;
  }

  make(shape: readonly number[], dtype: "float32" | "int32" = "float32"): tf.TensorInfo {
    return this.makeTensorInfo([...shape], dtype);
  }

  share(tensor: tf.TensorInfo): tf.TensorInfo {
    this.incRef(tensor.dataId);
    return { ...tensor };
  }

  free(tensor: tf.TensorInfo): void {
    this.disposeData(tensor.dataId);
  }

  formatOf({ dataId }: tf.TensorInfo): Format {
    return this.#data(dataId).format ?? "F32";
  }

  /** A tensor of a matrix as a file has it: 16-bit elements stay so, two to a word. */
  upload({ dtype, shape, bytes }: Stored): tf.TensorInfo {
    const made = this.make(shape);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const resource = this.bufferManager.acquireBuffer(Math.ceil(bytes.length / 4) * 4, usage);
    const words = bytes.length % 4 === 0 ? bytes : new Uint8Array([...bytes, 0, 0]);
    this.queue.writeBuffer(resource, 0, words);
    Object.assign(this.#data(made.dataId), dtype === "F32" ? { resource } : { resource, format: dtype });
    return made;
  }

  run(
    program: Program,
    tensors: Readonly<Record<string, tf.TensorInfo>>,
    parameters: Readonly<Record<string, number>>,
    groups: number | readonly [x: number, y: number, z: number],
  ): void {
    this.#check();
    const [x, y, z] = typeof groups === "number" ? spread(groups) : groups;
    if (x * y * z === 0) return;
    const { pipeline, layout } = this.#compile(program);
    const inside = this as unknown as Inside;
    const temporary: tf.TensorInfo[] = [];
    const resources = program.buffers.map(({ name, element, written }) => {
      let tensor = tensors[name];
      if (!tensor) throw new Error(`The program ${program.name} was run without ${name}.`);
      if (element !== "u32" && element !== "vec2u" && this.formatOf(tensor) !== "F32") {
        tensor = this.#widened(tensor);
        temporary.push(tensor);
      }
      this.uploadToGPU(tensor.dataId);
      inside.commandQueueOwnedIds.add(tensor.dataId);
      const data = this.#data(tensor.dataId);
      // What was read before is no longer what lies there.
      if (written) data.values = null;
      return { buffer: data.resource as GPUBuffer };
    });
    resources.push({ buffer: this.#uniform(program, parameters) });
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const group = this.device.createBindGroup({ layout, entries });
    this.ensureCommandEncoderReady();
    inside.computePassEncoder ??= inside.commandEncoder!.beginComputePass();
    inside.computePassEncoder.setPipeline(pipeline);
    inside.computePassEncoder.setBindGroup(0, group);
    inside.computePassEncoder.dispatchWorkgroups(x, y, z);
    inside.dispatchCountInPass += 1;
    for (const tensor of temporary) this.free(tensor);
    if (inside.dispatchCountInPass < batch) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  #uniform({ name, parameters }: Program, values: Readonly<Record<string, number>>): GPUBuffer {
    const bytes = new ArrayBuffer(Math.max(16, Math.ceil(parameters.length / 4) * 16));
    const [whole, real] = [new Uint32Array(bytes), new Float32Array(bytes)];
    for (const [i, { name: parameter, type }] of parameters.entries()) {
      const value = values[parameter];
      if (value === undefined) throw new Error(`The program ${name} was run without ${parameter}.`);
      (type === "u32" ? whole : real)[i] = value;
    }
    const buffer = this.bufferManager.acquireBuffer(bytes.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.queue.writeBuffer(buffer, 0, bytes);
    (this as unknown as Inside).uniformPendingDisposal.push(buffer);
    return buffer;
  }

  #compile(program: Program): Compiled {
    const known = this.#compiled.get(program);
    if (known) return known;
    const entries = program.buffers.map(({ written }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: written ? ("storage" as const) : ("read-only-storage" as const) },
    }));
    const uniform = {
      binding: entries.length,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: "uniform" as const },
    };
    const layout = this.device.createBindGroupLayout({ entries: [...entries, uniform] });
    const pipeline = this.device.createComputePipeline({
      label: program.name,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: this.device.createShaderModule({ label: program.name, code: program.code }) },
    });
    this.#compiled.set(program, { pipeline, layout });
    return { pipeline, layout };
  }

  /** The stock pool finds a buffer only by its exact size and never gives one back, so lengths that vary would fill the card. */
  #trim(): void {
    const pool = this.bufferManager as unknown as {
      readonly freeBuffers: Map<string, GPUBuffer[]>;
      numFreeBuffers: number;
      numBytesUsed: number;
      numBytesAllocated: number;
    };
    if (pool.numBytesAllocated - pool.numBytesUsed <= pool.numBytesUsed + spare) return;
    for (const buffers of pool.freeBuffers.values()) {
      for (const buffer of buffers.splice(0)) {
        buffer.destroy();
        pool.numFreeBuffers -= 1;
        pool.numBytesAllocated -= buffer.size;
      }
    }
  }
}

/** A plain count of workgroups as a grid within what every device takes per dimension. */
function spread(count: number): readonly [number, number, number] {
  const rows = Math.ceil(count / 65_535);
  return [Math.ceil(count / Math.max(1, rows)), rows, 1];
}
