/**
 * Loads a built binding, computes something with it and prints the result as JSON. It runs in its own process, because an incompatible
 * library may crash it.
 */
import * as tf from "@tensorflow/tfjs";
import { registerTensorflow } from "./binding.ts";
import { recordIn } from "./binding-folder.ts";

export type Trial = { readonly version: string; readonly gpu: boolean } | { readonly reason: string };

async function attempt(folder: string): Promise<Trial> {
  const reason = registerTensorflow(folder);
  if (reason !== undefined) return { reason };
  tf.enableProdMode();
  if (!(await tf.setBackend("tensorflow"))) return { reason: "it did not start" };
  const [product] = tf.tidy(() => tf.matMul(tf.fill([64, 64], 0.5), tf.ones([64, 64])).dataSync());
  if (product !== 32) return { reason: `it computed a product as ${product} instead of 32` };
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as {
    readonly isUsingGpuDevice: boolean;
    readonly binding: { readonly TF_Version: string };
  };
  return { version: binding.TF_Version, gpu: isUsingGpuDevice };
}

const folder = process.argv[2];
if (folder === undefined)
  throw new Error(`trial.ts needs the folder of a binding as its argument, with ${recordIn("")} in it.`);
process.stdout.write(`\n${JSON.stringify(await attempt(folder))}\n`);
process.exit(0);
