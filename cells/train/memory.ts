/**
 * The memory that a training will need, before it starts: a sum over what is in memory at the same time, from shapes alone. It follows
 * what the device functions keep for the backward pass, so it changes with them; a test compares it with real trainings.
 */
import type { BackendName } from "../device/backend-name.ts";
import { linearLayers } from "../model/linear-layers.ts";
import { adaptedLinearLayers, adaptedTables, configAt, fullyTrainedWeights, type LoraConfig } from "../model/lora.ts";
import type { ModelConfig } from "../model/model-config.ts";
import { linearShape, weightShapes } from "../model/weights.ts";

export type MemoryPlan = {
  readonly model: ModelConfig;
  readonly adapter: LoraConfig | "full";
  readonly backend: BackendName;
  /** Bytes per element of a matrix in the model's files: 2 for bfloat16 and float16. */
  readonly storedBytes: 2 | 4;
  /** Of a micro-batch: its rows, the tokens of the longest row, and the tokens that are learnt. */
  readonly rows: number;
  readonly time: number;
  readonly targets: number;
  readonly checkpointing: boolean;
};

/** In bytes. */
export type MemoryNeeds = {
  /** The weights of the base. */
  readonly weights: number;
  /** What is trained, with its gradients. */
  readonly adapter: number;
  /** Both moments of AdamW, and the copy of all of this that a checkpoint writes. */
  readonly moments: number;
  /** What the layers keep for the backward pass, and the gradients of one layer. */
  readonly activations: number;
  /** The logits that are computed at a time, and what a product needs while it runs. */
  readonly logits: number;
  /** Node.js and the libraries. */
  readonly runtime: number;
  readonly total: number;
};

/** On `cpu` the values of tensors lie in the heap of JavaScript, where freed ones stay for a while. */
const runtimeOn = (backend: BackendName): number => (backend === "cpu" ? 270e6 : 180e6);
const megabyte = 2 ** 20;

export function trainingMemory(plan: MemoryPlan): MemoryNeeds {
  const trained = trainedElements(plan.model, plan.adapter);
  const parts = {
    weights: weightBytes(plan),
    adapter: 8 * trained,
    // A checkpoint reads three tensors per parameter, and makes a file of them.
    moments: (8 + 24) * trained,
    activations: 4 * plan.rows * plan.time * activationsPerToken(plan),
    logits: logitBytes(plan),
    runtime: runtimeOn(plan.backend),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** To generate, with the keys and values of `rows` chats of `time` tokens. */
export function generationMemory(plan: Omit<MemoryPlan, "adapter" | "targets" | "checkpointing">): number {
  const { model, rows, time, backend } = plan;
  const { layers, keyValueHeads, headWidth, vocabulary } = model;
  const weights = weightBytes(plan);
  // A generation packs weights in float32 in the order in which products read them.
  const packed = backend === "tensorflow" || (backend === "wasm" && plan.storedBytes === 4) ? weights : 0;
  const cache = 4 * rows * time * 2 * layers * keyValueHeads * headWidth;
  return weights + packed + cache + 4 * rows * vocabulary * 2 + runtimeOn(backend);
}

/** Of the base in memory. */
export function weightBytes({
  model,
  backend,
  storedBytes,
}: Pick<MemoryPlan, "model" | "backend" | "storedBytes">): number {
  const matrix = backend === "tensorflow" ? 4 : storedBytes;
  return sum([...weightShapes(model).values()].map((shape) => elements(shape) * (shape.length === 2 ? matrix : 4)));
}

/** The number of trained values. */
export function trainedElements(model: ModelConfig, adapter: LoraConfig | "full"): number {
  const shapes = weightShapes(model);
  if (adapter === "full") return sum([...shapes.values()].map(elements));
  const lowRank = (path: string): number => {
    const shape = shapes.get(`${path}.weight`) ?? [model.vocabulary, model.width];
    return configAt(adapter, path).rank * (shape[0]! + shape[1]!);
  };
  const rows = sum(Object.values(adapter.tokenRows ?? {}).map((ids) => ids.length * model.width));
  const paths = [...adaptedLinearLayers(model, adapter), ...adaptedTables(adapter)];
  return (
    sum(paths.map(lowRank)) + sum(fullyTrainedWeights(model, adapter).map((name) => elements(shapes.get(name)!))) + rows
  );
}

/** Floats that the backward pass needs, per token of the batch. */
function activationsPerToken({ model, adapter, checkpointing }: MemoryPlan): number {
  const { width, feedForward, heads, keyValueHeads, headWidth, layers, headNorms } = model;
  const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
  // Inputs of norms, of sums, of linear layers, of attention and of SwiGLU; each is kept once.
  const plain = 6 * width + 2 * queries + 2 * keys + 3 * feedForward + heads + (headNorms ? queries + keys : 0);
  const own = Array.from({ length: layers }, (_, layer) => plain + loraPerToken(model, adapter, layer));
  const backward = 3 * feedForward + 4 * width + 2 * queries;
  if (!checkpointing) return sum(own) + width + backward;
  return layers * width + Math.max(...own) + backward;
}

/** What a LoRA adds to a layer: x·aᵀ of each linear layer; with dropout also the places of dropped inputs, on the device and in JavaScript. */
function loraPerToken(model: ModelConfig, adapter: LoraConfig | "full", layer: number): number {
  if (adapter === "full") return 0;
  const adapted = new Set(adaptedLinearLayers(model, adapter));
  return sum(
    linearLayers.map((name) => {
      const path = `model.layers.${layer}.${name}`;
      if (!adapted.has(path)) return 0;
      const [, inputs] = linearShape(model, name);
      return configAt(adapter, path).rank + 2 * (adapter.dropout ?? 0) * inputs;
    }),
  );
}

function logitBytes({ model, backend, storedBytes, targets, adapter }: MemoryPlan): number {
  const { vocabulary, width, feedForward } = model;
  const head = 4 * vocabulary * width;
  const trainsHead = trainsTables(adapter);
  // A trained table has a gradient besides, which `adapter` counts.
  if (backend !== "wasm") return 4 * Math.max(64, Math.min(targets, 2 ** 23 / vocabulary)) * vocabulary * 3;
  const logits = 4 * Math.min(targets, 64) * vocabulary;
  const widened = storedBytes === 2 && !trainsHead;
  // A head in float32 is packed for both directions; one in 16 bits is widened in small parts.
  return logits + (widened ? megabyte / 2 : 2 * head + 4 * width * feedForward);
}

function trainsTables(adapter: LoraConfig | "full"): boolean {
  if (adapter === "full") return true;
  const { modulesToSave = [], tokenRows } = adapter;
  return modulesToSave.length > 0 || tokenRows !== undefined || adaptedTables(adapter).length > 0;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
