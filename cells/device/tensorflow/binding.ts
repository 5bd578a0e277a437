/**
 * Registers the backend "tensorflow": the built binding with tfjs-node's kernels. tfjs-node's own entry point is not used, because it
 * looks for a prebuilt library, adds a file system and sets the backend on import.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { bindingFolder, bindingIn, builtIn } from "./binding-folder.ts";
import { replaceKernels } from "./replaced-kernels.ts";

type Binding = { readonly TF_Version: string; isUsingGpuDevice(): boolean };
type Backends = { readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend };

/** @returns undefined, or the reason why the backend cannot be registered */
export function registerTensorflow(folder: string = bindingFolder): string | undefined {
  const built = builtIn(folder);
  if (!built) return "no TensorFlow is set up; to use an installed TensorFlow, run npm run setup:tensorflow";
  const missing = built.libraries.find((library) => !existsSync(library));
  if (missing) return `the TensorFlow ${built.version} that it was set up with is missing (${missing}); ${again}`;
  prepareProcess();
  try {
    const require = createRequire(join(folder, "package.json"));
    const binding: Binding = require(bindingIn(folder));
    require("@tensorflow/tfjs-node/dist/register_all_kernels");
    replaceKernels();
    const { NodeJSKernelBackend }: Backends = require("@tensorflow/tfjs-node/dist/nodejs_kernel_backend");
    tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3);
    return undefined;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    return `the binding to TensorFlow ${built.version} cannot be loaded (${reason}); ${again}`;
  }
}

const again = "run npm run setup:tensorflow again";

/** Prepares the process for loading a TensorFlow, built or prebuilt. */
export function prepareProcess(): void {
  // Otherwise TensorFlow takes all memory of the GPU, and a second notebook cannot use it.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  // Hides its start messages on standard error.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // tfjs-node 4.22 calls functions that Node 23 removed from `util`.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
