/**
 * Chooses the backend: the first one that works on this machine. For each one before it the reason is reported, so that users see why
 * training is slow. A backend counts as working only if it has just computed something.
 */
import * as tf from "@tensorflow/tfjs";
import "./functions.ts";
import type { BackendName } from "./backend-name.ts";

export type PassedOver = { readonly name: string; readonly reason: string };
export type Choice = {
  readonly name: BackendName;
  readonly passedOver: readonly PassedOver[];
  /** A warning about its speed. */
  readonly note?: string;
};

type Candidate = {
  readonly name: BackendName;
  /** The backend with its device. */
  readonly title: string;
  /** Sets the backend and returns undefined, or returns the reason why it cannot be used. */
  readonly attempt: (selection: Selection) => Promise<string | undefined>;
};

/** `by name`: the user asked for this backend, so a software adapter may be used as well. */
type Selection = "automatic" | "by name";

/** In order of preference. */
const candidates: readonly Candidate[] = [
  { name: "tensorflow", title: "tensorflow on a GPU", attempt: () => tensorflow("gpu") },
  { name: "webgpu", title: "webgpu", attempt: webgpu },
  { name: "tensorflow", title: "tensorflow on the CPU", attempt: () => tensorflow("cpu") },
  { name: "wasm", title: "wasm", attempt: () => settle("wasm") },
  { name: "cpu", title: "cpu", attempt: () => settle("cpu") },
];

/**
 * Sets the backend.
 * @param requested name of a backend; by default the first usable one of TensorFlow on a GPU, WebGPU, TensorFlow on the CPU, wasm, cpu
 * @throws if the requested backend cannot be used, naming the usable ones.
 */
export async function chooseBackend(requested?: string): Promise<Choice> {
  const passedOver: PassedOver[] = [];
  for (const { name, title, attempt } of candidates) {
    if (requested !== undefined && requested !== name) continue;
    const reason = await attempt(requested === undefined ? "automatic" : "by name");
    if (reason === undefined) return { name, passedOver, ...(await noteOn(name)) };
    passedOver.push({ name: title, reason });
  }
  if (requested === undefined) throw new Error(`No backend works on this machine: ${listed(passedOver)}.`);
  const usable = (await surveyBackends()).filter((backend) => backend.reason === undefined);
  const reason = listed(passedOver) || "there is no backend of that name";
  const names = [...new Set(usable.map((backend) => backend.name))].join(", ");
  throw new Error(`The backend "${requested}" cannot be used (${reason}). These can: ${names}.`);
}

export type Surveyed = { readonly name: BackendName; readonly title: string; readonly reason: string | undefined };

/** Tries every backend, or those with one name. Those without a reason are usable. The last usable one stays set. */
export async function surveyBackends(requested?: string): Promise<Surveyed[]> {
  const found: Surveyed[] = [];
  for (const { name, title, attempt } of candidates) {
    if (requested !== undefined && requested !== name) continue;
    found.push({ name, title, reason: await attempt(requested === undefined ? "automatic" : "by name") });
  }
  return found;
}

function listed(passedOver: readonly PassedOver[]): string {
  return passedOver.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
}

/** Sets a registered backend and computes 1 + 1 on it. */
async function settle(name: BackendName): Promise<string | undefined> {
  // Otherwise tfjs prints a greeting and advice on standard error.
  tf.enableProdMode();
  try {
    if (!(await tf.setBackend(name))) return "it did not start";
    const sum = tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(1)));
    const [two] = await sum.data();
    sum.dispose();
    return two === 2 ? undefined : `it computed 1 + 1 = ${two}`;
  } catch (error) {
    return firstLine(error);
  }
}

async function webgpu(selection: Selection): Promise<string | undefined> {
  const { findAdapter } = await import("./webgpu/dawn.ts");
  const found = await findAdapter(selection === "by name" ? "software too" : "hardware only");
  if (typeof found === "string") return found;
  if (!tf.findBackendFactory("webgpu")) {
    const { registerDevice } = await import("./webgpu/device.ts");
    await registerDevice(found.adapter);
  }
  return settle("webgpu");
}

async function noteOn(name: BackendName): Promise<{ readonly note?: string }> {
  if (name !== "webgpu") return {};
  const { softwareAdapter } = await import("./webgpu/dawn.ts");
  const adapter = softwareAdapter();
  return adapter === undefined
    ? {}
    : { note: `${adapter} computes in software: good for tests, much too slow for training` };
}

async function tensorflow(device: "gpu" | "cpu"): Promise<string | undefined> {
  const missing = await loadTensorflow();
  if (missing !== undefined) return missing;
  const unusable = await settle("tensorflow");
  if (unusable !== undefined || device === "cpu") return unusable;
  const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
  return isUsingGpuDevice ? undefined : "TensorFlow works but finds no usable GPU";
}

/** Registers the backend "tensorflow": the binding built for the user's TensorFlow, or else an installed tfjs-node. */
async function loadTensorflow(): Promise<string | undefined> {
  if (tf.findBackendFactory("tensorflow")) return undefined;
  const { prepareProcess, registerTensorflow } = await import("./tensorflow/binding.ts");
  const reason = registerTensorflow();
  if (reason === undefined) return undefined;
  prepareProcess();
  const reasons = [reason];
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    try {
      await import(name);
      return undefined;
    } catch (error) {
      if (!missing(error, name)) reasons.push(`${name} cannot be loaded (${firstLine(error)})`);
    }
  }
  return reasons.join("; ");
}

function missing(error: unknown, name: string): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && firstLine(error).includes(`'${name}'`);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.trim();
}
