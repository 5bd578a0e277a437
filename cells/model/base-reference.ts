/** How an adapter's file names its base, so that PEFT finds the base from any folder: by its name on the hub, or by an absolute path. */
import type { Decoder } from "./decoder.ts";

const references = new WeakMap<Decoder, string>();

/** @param folder absolute; in the cache of the Hugging Face hub it says the name on the hub */
export function nameSavedBase(decoder: Decoder, folder: string): void {
  const cached = /\/models--([^/]+?)--([^/]+)\/snapshots\//.exec(`${folder.replaceAll("\\", "/")}/`);
  references.set(decoder, cached ? `${cached[1]}/${cached[2]}` : folder);
}

/** A base with more tokens still is the base of its file. */
export function sameBase(decoder: Decoder, of: Decoder): Decoder {
  const reference = references.get(of);
  if (reference !== undefined) references.set(decoder, reference);
  return decoder;
}

/** Undefined for a base that was made in memory, such as a merged one, until it is saved. */
export function referenceOf(decoder: Decoder): string | undefined {
  return references.get(decoder);
}
