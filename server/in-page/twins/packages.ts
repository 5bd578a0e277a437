/** `kernel/packages.ts` in a page: the packages that it brings along. */
import * as tf from "@tensorflow/tfjs";
import * as palimpsest from "../../../cells/index.ts";

type Exports = Readonly<Record<string, unknown>>;

const PACKAGES: Readonly<Record<string, Exports>> = { palimpsest, "@tensorflow/tfjs": tf };

export async function importPackage(module: string): Promise<Exports> {
  const found = PACKAGES[module];
  if (!found)
    throw new Error(`The package "${module}" is not in this page. Open the notebook with Palimpsest to run this cell.`);
  return found;
}

export async function importFile(path: string): Promise<Exports> {
  throw new Error(`${path} cannot be loaded in a page. Open the notebook with Palimpsest to run this cell.`);
}
