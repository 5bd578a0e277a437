/** An adapter that changes the model's output: its B is random too. The host frees it. */
import * as tf from "@tensorflow/tfjs";
import { type Adapter, disposeAdapter, freshAdapter } from "../../../cells/model/adapter.ts";
import type { BaseModel } from "../../../cells/model/chat-model.ts";
import type { LoraConfig } from "../../../cells/model/lora.ts";
import { random } from "../../../cells/random.ts";
import type { BareHost } from "../bare-host.ts";

export function strongAdapter(host: BareHost, base: BaseModel, config: LoraConfig, seed: number): Adapter {
  const draw = random(seed, "strong");
  const adapter = freshAdapter(base.decoder, config, draw.uniform);
  for (const [name, tensor] of adapter.tensors) {
    const values = tensor.dataSync().map((value) => value + 0.2 * draw.normal());
    tensor.dispose();
    adapter.tensors.set(name, tf.tensor(values, tensor.shape));
  }
  host.onDispose(() => disposeAdapter(adapter));
  return adapter;
}
