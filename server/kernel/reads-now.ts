/** Finds where the calling code's reads are noted. */
import { current } from "./generation.ts";
import { loading, type Reads } from "./reads.ts";

/** @returns undefined if the calling code belongs to no cell and no project file */
export function readsNow(): Reads | undefined {
  return loading.getStore() ?? current.getStore()?.reads;
}
