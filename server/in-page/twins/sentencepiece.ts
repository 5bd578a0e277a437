/** `cells/measure/translation/sentencepiece/processor.ts` in a page. */
import { needsMachine } from "./machine.ts";

export async function processorOf(): Promise<never> {
  return needsMachine("SentencePiece");
}
