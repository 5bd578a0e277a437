/** What a model answers by, as one digest: its base's weights, and those of its adapter as they are at this moment. */
import type { ChatModel } from "../contracts.ts";
import { sha256 } from "../digest.ts";
import type { Adapter } from "./adapter.ts";
import { downloadWeights } from "./weights.ts";

export async function fingerprint(model: ChatModel & { readonly adapter?: Adapter | undefined }): Promise<string> {
  if (!model.adapter) return model.digest;
  const { config, tensors } = model.adapter;
  const parts = [...(await downloadWeights(tensors))].map(
    async ([name, { values }]) =>
      `${name} ${await sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}`,
  );
  return sha256([model.digest, JSON.stringify(config), ...(await Promise.all(parts))].join("\n"));
}
