/**
 * Loads what is not a project file: packages, and files that are no code of the notebook. They are real modules, loaded once. The page
 * in which a notebook runs has a file of its own for this, since it has no packages but ours.
 */
import { pathToFileURL } from "node:url";

type Exports = Readonly<Record<string, unknown>>;

/** `begin.mjs` says where such an import leads. @param by the file that imports it. @throws if there is no such package */
export function importPackage(module: string, by: string): Promise<Exports> {
  return import(`cell-import:${JSON.stringify([module, pathToFileURL(by).href])}`);
}

/** @param digest of its content: a file that was changed is loaded again */
export function importFile(path: string, digest: string): Promise<Exports> {
  return import(`${pathToFileURL(path).href}?changed=${digest}`);
}
