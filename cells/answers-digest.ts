/** What the cached answers of a model depend on. */
import type { ChatModel } from "./contracts.ts";
import { sha256 } from "./digest.ts";

/** The digest of everything that decides what the model answers at this moment. */
export async function answersDigest(model: ChatModel): Promise<string> {
  return sha256(JSON.stringify([model.digest, await model.state?.()]));
}
