/**
 * Describes the WebGPU adapter: its limits, features and tensor cores (those that WGSL can use), and the speed of products with tfjs's
 * own kernel and with Palimpsest's, for float32 and packed weights.
 */
import * as tf from "@tensorflow/tfjs";
import { linear } from "../linear.ts";
import { secondsOf } from "../seconds.ts";
import { adapterInUse, softwareAdapter } from "./dawn.ts";
import type { Gpu } from "./gpu.ts";

export type AdapterReport = {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** The shapes of subgroup matrices (tensor cores) that Dawn reports. */
  readonly subgroupMatrices: readonly object[];
  readonly subgroupSizes: readonly [smallest: number, largest: number];
  /** GFLOP/s of products of `size`² matrices. */
  readonly products: {
    readonly size: number;
    readonly stock: number;
    readonly float32: number;
    readonly bfloat16: number;
  };
};

/** What Dawn reports beyond the standard. */
type Info = GPUAdapterInfo & { readonly subgroupMatrixConfigs?: Iterable<object> };

/** The adapter of the current backend. @throws if it is not WebGPU. */
export async function describeAdapter(): Promise<AdapterReport> {
  const adapter = adapterInUse();
  if (!adapter) throw new Error("No WebGPU adapter is in use.");
  const info: Info = adapter.info;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const limit = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof limit === "number") limits[name] = limit;
  }
  return {
    name: info.device,
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    software: softwareAdapter() !== undefined,
    features: [...adapter.features].sort(),
    limits,
    subgroupMatrices: [...(info.subgroupMatrixConfigs ?? [])].map(plain),
    subgroupSizes: [info.subgroupMinSize, info.subgroupMaxSize],
    products: await products(softwareAdapter() === undefined ? 4096 : 256),
  };
}

/** As a plain object: the properties of the binding's objects are getters of their class. */
function plain(config: object): object {
  const read: Record<string, unknown> = {};
  for (const name in config) read[name] = (config as Record<string, unknown>)[name];
  return read;
}

async function products(size: number): Promise<AdapterReport["products"]> {
  const square = tf.ones([size, size]) as tf.Tensor2D;
  const bytes = new Uint8Array(new Uint16Array(size * size).fill(0x3f80).buffer);
  const stored = { dtype: "BF16", shape: [size, size], bytes } as const;
  const packed = tf.engine().makeTensorFromTensorInfo((tf.backend() as unknown as Gpu).upload(stored));
  const rate = async (work: () => tf.Tensor): Promise<number> =>
    (2 * size * size * size) / (await secondsOf(work)) / 1e9;
  const measured = {
    size,
    stock: await rate(() => tf.matMul(square, square, false, true)),
    float32: await rate(() => linear(square, square)),
    bfloat16: await rate(() => linear(square, packed)),
  };
  tf.dispose([square, packed]);
  return measured;
}
