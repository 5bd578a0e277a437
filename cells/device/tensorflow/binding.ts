/**
 * The backend "tensorflow": the built binding with tfjs-node's kernels around it. tfjs-node's own entry is passed by,
 * since it looks for a prebuilt library, brings another file system and sets the backend on import.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { bindingFolder, bindingIn, builtIn } from "./binding-folder.ts";
import { replaceStock } from "./stock.ts";

type Binding = { readonly TF_Version: string; isUsingGpuDevice(): boolean };
type Backends = { readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend };

/** Registers the backend; gives the reason where it cannot. */
export function registerTensorflow(folder: string = bindingFolder): string | undefined {
  const built = builtIn(folder);
  if (!built) return "no TensorFlow is set up; npm run setup:tensorflow makes one that you have usable";
  const gone = built.libraries.find((library) => !existsSync(library));
  if (gone) return `the TensorFlow ${built.version} that it was set up with is gone (${gone}); ${again}`;
  prepareProcess();
  try {
    const require = createRequire(join(folder, "package.json"));
    const binding: Binding = require(bindingIn(folder));
    require("@tensorflow/tfjs-node/dist/register_all_kernels");
    replaceStock();
    const { NodeJSKernelBackend }: Backends = require("@tensorflow/tfjs-node/dist/nodejs_kernel_backend");
    tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3);
    return undefined;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    return `the binding to TensorFlow ${built.version} does not load (${reason}); ${again}`;
  }
}

const again = "run npm run setup:tensorflow again";

/** What has to be there before TensorFlow is loaded, ours or a prebuilt one. */
export function prepareProcess(): void {
  // Otherwise it takes the whole card, and a second notebook finds nothing left.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  // Its greetings on standard error are not errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // tfjs-node 4.22 calls functions that Node 23 removed from `util`.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
