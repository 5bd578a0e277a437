/** Digests of weights that are in memory: of an adapter, and of a model with its adapter. */
import type { ChatModel } from "../contracts.ts";
import { sha256 } from "../digest.ts";
import type { Adapter } from "./adapter.ts";
import { downloadWeights } from "./weights.ts";

/** Config and current weights; undefined for no adapter. */
export async function adapterDigest(adapter: Adapter | undefined): Promise<string | undefined> {
  if (!adapter) return undefined;
  const { config, tensors } = adapter;
  const parts = [...(await downloadWeights(tensors))].map(
    async ([name, { values }]) =>
      `${name} ${await sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}`,
  );
  return sha256([JSON.stringify(config), ...(await Promise.all(parts))].join("\n"));
}

/** The digest of the weights with which the model computes now. For a base without an adapter this is the base's own digest. */
export async function modelDigest(model: ChatModel & { readonly adapter?: Adapter | undefined }): Promise<string> {
  const adapter = await adapterDigest(model.adapter);
  return adapter === undefined ? model.digest : sha256([model.digest, adapter].join("\n"));
}
