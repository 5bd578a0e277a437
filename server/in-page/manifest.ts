/** What the page is to run: a file among its files. */
import type { InputValue } from "../values.ts";
import { contentOf, fileAt } from "./node/disk.ts";
import { ROOT } from "./places.ts";

export const MANIFEST = `${ROOT}/manifest.json`;

export type Manifest = {
  /** Its path in the workspace. */
  readonly notebook: string;
  readonly seed: number;
  /** Models from outside of the workspace, as the cells name them. */
  readonly outside: readonly string[];
  /** The values of its inputs, by name. */
  readonly inputs: Readonly<Record<string, InputValue>>;
};

export function manifest(): Manifest {
  return JSON.parse(new TextDecoder().decode(contentOf(fileAt(MANIFEST)))) as Manifest;
}
