/** The linear layers of a decoder layer by their names in Hugging Face checkpoints. */

/** All seven in the order of the forward pass. Their weights are `[out, in]`. */
export const linearLayers = [
  "self_attn.q_proj",
  "self_attn.k_proj",
  "self_attn.v_proj",
  "self_attn.o_proj",
  "mlp.gate_proj",
  "mlp.up_proj",
  "mlp.down_proj",
] as const;
export type LinearLayer = (typeof linearLayers)[number];
