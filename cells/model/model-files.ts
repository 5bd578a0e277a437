/** The files of a model folder in Hugging Face's layout, as names and contents. */
import { printConfig } from "./config.ts";
import type { ModelConfig } from "./model-config.ts";
import type { TokenizerFiles } from "./tokenizer.ts";
import { downloadWeights, type Weights } from "./weights.ts";
import { writeSafetensors } from "./write-safetensors.ts";

export async function modelFiles(
  config: ModelConfig,
  weights: Weights,
  tokenizer: TokenizerFiles,
): Promise<Map<string, string | Uint8Array>> {
  return new Map<string, string | Uint8Array>([
    ["config.json", printConfig(config)],
    ...tokenizerFolder(tokenizer),
    ["model.safetensors", writeSafetensors(await downloadWeights(weights))],
  ]);
}

export function tokenizerFolder({ tokenizer, config, template }: TokenizerFiles): [string, string][] {
  const files: [string, string][] = [
    ["tokenizer.json", tokenizer],
    ["tokenizer_config.json", config],
  ];
  return template === undefined ? files : [...files, ["chat_template.jinja", template]];
}
