/** The length of what a model can read. Beyond its positions it was never trained, and its numbers mean nothing. */
import type { ModelConfig } from "./model-config.ts";

/** @param what such as "prompts" @throws saying how many texts are too long, and by how much */
export function requirePositions(
  { positions }: Pick<ModelConfig, "positions">,
  texts: readonly (readonly number[])[],
  what: string,
): void {
  const lengths = texts.map(({ length }) => length);
  const tooLong = lengths.filter((length) => length > positions);
  if (tooLong.length === 0) return;
  throw new Error(
    `${tooLong.length} of ${lengths.length} ${what} are longer than the model's ${positions} positions (max_position_embeddings); ` +
      `the longest has ${Math.max(...lengths)} tokens. Shorten them or leave them out.`,
  );
}
