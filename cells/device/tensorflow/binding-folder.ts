/**
 * Where the binding to the user's TensorFlow lies once `npm run setup:tensorflow` has built it, and what it was built
 * against. A private folder under node_modules: the sources of tfjs-node in it find the one `@tensorflow/tfjs` there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const bindingFolder = fileURLToPath(new URL("../../../node_modules/.palimpsest-tensorflow", import.meta.url));

/** Written last, so that a build that was cut short does not count. */
export type Built = {
  readonly version: string;
  /** The shared libraries that the binding is linked to, by absolute paths. */
  readonly libraries: readonly string[];
};

export const bindingIn = (folder: string): string => join(folder, "tfjs_binding.node");
export const recordIn = (folder: string): string => join(folder, "built.json");

/** What was built there; undefined where nothing was. */
export function builtIn(folder: string): Built | undefined {
  try {
    return JSON.parse(readFileSync(recordIn(folder), "utf8")) as Built;
  } catch {
    return undefined;
  }
}
