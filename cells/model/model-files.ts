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
  dtype: "float32" | "bfloat16" = "float32",
): Promise<Map<string, string | Uint8Array>> {
  return new Map<string, string | Uint8Array>([
    ["config.json", printConfig(config, dtype)],
    ["generation_config.json", generationConfig(config)],
    ...tokenizerFolder(tokenizer),
    ["model.safetensors", writeSafetensors(await downloadWeights(weights), undefined, dtype)],
  ]);
}

export function tokenizerFolder({ tokenizer, config, template }: TokenizerFiles): [string, string][] {
  const files: [string, string][] = [
    ["tokenizer.json", tokenizer],
    ["tokenizer_config.json", config],
  ];
  return template === undefined ? files : [...files, ["chat_template.jinja", template]];
}

/** What ends a generated text in transformers. */
function generationConfig({ beginToken, endTokens }: ModelConfig): string {
  const json = { bos_token_id: beginToken, eos_token_id: endTokens.length === 1 ? endTokens[0] : endTokens };
  return `${JSON.stringify(json, null, 2)}\n`;
}
