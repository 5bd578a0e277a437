/**
 * The folder of the binding to the user's TensorFlow, built by `npm run setup:tensorflow`, and the record of what it was built for. The
 * folder is under node_modules, so that the sources of tfjs-node in it find the installed `@tensorflow/tfjs`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const bindingFolder = fileURLToPath(new URL("../../../node_modules/.palimpsest-tensorflow", import.meta.url));

/** Written last, so that an interrupted build has no record. */
export type Built = {
  readonly version: string;
  /** Absolute paths of the shared libraries that the binding is linked to. */
  readonly libraries: readonly string[];
};

export const bindingIn = (folder: string): string => join(folder, "tfjs_binding.node");
export const recordIn = (folder: string): string => join(folder, "built.json");

/** The record of the build in a folder; undefined if there is none. */
export function builtIn(folder: string): Built | undefined {
  try {
    return JSON.parse(readFileSync(recordIn(folder), "utf8")) as Built;
  } catch {
    return undefined;
  }
}
