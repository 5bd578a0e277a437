/** The digest of everything that determines a model's answers: the base's weights, and the adapter's config and current weights. */
import type { ChatModel } from "../contracts.ts";
import { sha256 } from "../digest.ts";
import type { Adapter } from "./adapter.ts";
import { downloadWeights } from "./weights.ts";

/** For a base without an adapter this is the base's own digest. */
export async function modelDigest(model: ChatModel & { readonly adapter?: Adapter | undefined }): Promise<string> {
  if (!model.adapter) return model.digest;
  const { config, tensors } = model.adapter;
  const parts = [...(await downloadWeights(tensors))].map(
    async ([name, { values }]) =>
      `${name} ${await sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}`,
  );
  return sha256([model.digest, JSON.stringify(config), ...(await Promise.all(parts))].join("\n"));
}
