/** The backends that work on this machine, without `cpu`, which computes the references. SwiftShader counts as WebGPU. */
import * as tf from "@tensorflow/tfjs";
import { surveyBackends } from "../../../cells/device/backend.ts";
import type { BackendName } from "../../../cells/device/backend-name.ts";

tf.enableProdMode();
const found: BackendName[] = [];
for (const name of ["wasm", "webgpu", "tensorflow"] as const) {
  const survey = await surveyBackends(name);
  if (survey.some(({ reason }) => reason === undefined)) found.push(name);
  else console.log(`${name} is not tested: ${survey.map(({ reason }) => reason).join("; ")}`);
}

/** In a fixed order. */
export const backends: readonly BackendName[] = found;
export const hasWebgpu = found.includes("webgpu");
