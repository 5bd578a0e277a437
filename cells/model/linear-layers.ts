/** The linear layers of a decoder layer, by their names in Hugging Face's checkpoints. */

/** The seven linear layers of a layer, `[out, in]` each, in the order in which they are used. */
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
