/** Finds where the calling code's reads are noted, and which cell they belong to. */
import type { CellId } from "../notebook/types.ts";
import { current } from "./generation.ts";
import { loading, type Reads } from "./reads.ts";

/** @returns undefined if the calling code belongs to no cell and no project file */
export function readsNow(): Reads | undefined {
  return loading.getStore() ?? current.getStore()?.reads;
}

/** Of a project file that loads, other cells have the values too: its reads belong to no cell. */
export function cellNow(): { readonly cell?: CellId } {
  const cell = loading.getStore() ? undefined : current.getStore()?.cell;
  return cell === undefined ? {} : { cell };
}
