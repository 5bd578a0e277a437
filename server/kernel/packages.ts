/**
 * Loads what is not a project file: packages, and files that are no code of the notebook. They are real modules, loaded once. The page
 * in which a notebook runs has a file of its own for this, since it has no packages but ours.
 */
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";

type Exports = Readonly<Record<string, unknown>>;

/** This file is plain JavaScript, since it prepares the loading of TypeScript. */
const FOREIGN = new URL("./foreign-modules.mjs", import.meta.url).href;

/** `resolve.mjs` says where such an import leads. @param by the file that imports it. @throws if there is no such package */
export async function importPackage(module: string, by: string): Promise<Exports> {
  if (module === "palimpsest") return import("../../cells/index.ts");
  if (module === "@tensorflow/tfjs") return tf;
  await import(FOREIGN);
  return import(`cell-import:${JSON.stringify([module, pathToFileURL(by).href])}`);
}

/** @param digest of its content: a file that was changed is loaded again */
export async function importFile(path: string, digest: string): Promise<Exports> {
  await import(FOREIGN);
  return import(`${pathToFileURL(path).href}?changed=${digest}`);
}
