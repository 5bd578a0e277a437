/** What the options of PEFT's `LoraConfig` are called in `lora(…)`, or why there is no such option. */
import type { OptionHints } from "../options.ts";

const inTrain = (name: string): string => `It belongs to the training: train(base, { ${name}: … }).`;

export const loraHints: OptionHints = {
  r: "rank",
  lora_r: "rank",
  lora_alpha: "alpha",
  lora_dropout: "dropout",
  target_modules: "targets",
  exclude_modules: "exclude",
  layers_to_transform: "layers",
  modules_to_save: "modulesToSave",
  rank_pattern: "rankPattern",
  alpha_pattern: "alphaPattern",
  use_rslora: "rankStabilized",
  rslora: "rankStabilized",
  trainable_token_indices: "tokenRows",
  use_dora: "DoRA is not supported.",
  bias: "Biases are not trained.",
  task_type: "Leave it out: the model is a causal language model.",
  init_lora_weights: "A is random and B is zero, as in PEFT by default.",
  ...Object.fromEntries(["learningRate", "steps", "epochs", "batch", "seed"].map((name) => [name, inTrain(name)])),
};
