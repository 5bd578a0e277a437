/**
 * tfjs's WebGPU backend, extended for training. After an error of the device every read fails (in tfjs the results would be zeros);
 * weights may be packed in 16 bits; Palimpsest's programs can have several outputs; unused buffers are given back to the driver.
 */
import type * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { destroyFreeBuffers } from "./free-buffers.ts";
import { type Gpu, type Stored, sizeOf } from "./gpu.ts";
import { type Format, type PackedFormat, unpack } from "./packed.ts";
import { type Pipeline, pipelines, uniformBytes } from "./pipeline.ts";
import type { Program } from "./program.ts";

/** The private fields of tfjs's backend that are used here. */
type Private = {
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
  /** Set if the buffer has 16-bit elements. */
  format?: PackedFormat;
};
type StockRun = Parameters<WebGPUBackend["runWebGPUProgram"]>;

/** The number of dispatches that are submitted together. */
const batch = 32;

export class Backend extends WebGPUBackend implements Gpu {
  readonly #pipeline: (program: Program) => Pipeline;
  #failure: Error | undefined;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#pipeline = pipelines(device);
    device.onuncapturederror = (event) => {
      event.preventDefault();
      this.#fail(`reported an error: ${event.error.message}`);
    };
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#fail(`was lost: ${message}`);
    });
  }

  #fail(what: string): void {
    // The first error is the cause. It is never cleared, because all later results may be wrong.
    this.#failure ??= new Error(
      `The WebGPU device ${what.trim().split("\n").slice(0, 3).join(" ")} Results since then may be wrong; restart the kernel.`,
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
    // The device reports an error of earlier work before it delivers the results.
    this.#check();
    return values;
  }

  /** A device delivers results asynchronously, so only values that are already here can be read. */
  override readSync(dataId: object): tf.BackendValues {
    this.#check();
    const { values } = this.#data(dataId);
    if (values) return values;
    throw new Error("On webgpu a tensor cannot be read with dataSync() or arraySync(); use await x.data().");
  }

  override submitQueue(): void {
    super.submitQueue();
    destroyFreeBuffers(this.bufferManager as unknown as Parameters<typeof destroyFreeBuffers>[0]);
  }

  /** tfjs's own operations take float32 only, so packed inputs are widened first. */
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

  /** 16-bit elements stay packed, two per 32-bit word. */
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
    const { pipeline, layout } = this.#pipeline(program);
    const inside = this as unknown as Private;
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
      // The copy of the values in JavaScript is now out of date.
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

  #uniform(program: Program, values: Readonly<Record<string, number>>): GPUBuffer {
    const bytes = uniformBytes(program, values);
    const buffer = this.bufferManager.acquireBuffer(bytes.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.queue.writeBuffer(buffer, 0, bytes);
    (this as unknown as Private).uniformPendingDisposal.push(buffer);
    return buffer;
  }
}

/** A number of workgroups as a grid; every device allows 65,535 per dimension. */
function spread(count: number): readonly [number, number, number] {
  const rows = Math.ceil(count / 65_535);
  return [Math.ceil(count / Math.max(1, rows)), rows, 1];
}
