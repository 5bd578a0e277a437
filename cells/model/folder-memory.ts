/** What a model folder says about the memory that its model needs, without reading a weight. */
import type { ModelConfig } from "./model-config.ts";
import { weightShapes } from "./weights.ts";

/** @param fileBytes of all its weight files together. @returns bytes per element of its matrices: 2 for bfloat16 and float16 */
export function storedBytesOf(model: ModelConfig, fileBytes: number): 2 | 4 {
  let count = 0;
  for (const shape of weightShapes(model).values()) count += shape.reduce((product, size) => product * size, 1);
  return fileBytes < 3 * count ? 2 : 4;
}
